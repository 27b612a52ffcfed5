import { readdirSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { readSession, writeSession } from '../../src/server/session.ts';

const RECORD = { serverPid: 4711, fuseFd: 4, protocol: '7.45', canResend: true, hostView: false };

t.test('what is written is read', async (t) => {
  const directory = t.testdir();
  writeSession(directory, { ...RECORD, hostView: true });
  writeSession(directory, RECORD);
  t.same(readSession(directory), RECORD);
  t.same(readdirSync(directory), ['session.json'], 'nothing else is left');
});

t.test('what cannot be understood is no session', async (t) => {
  const cases = {
    missing: undefined,
    empty: '',
    half: JSON.stringify(RECORD).slice(0, 30),
    'of another kind': '[1]',
    null: 'null',
    'without a pid': JSON.stringify({ ...RECORD, serverPid: undefined }),
    'with a pid that is none': JSON.stringify({ ...RECORD, serverPid: '4711' }),
  };
  for (const [what, text] of Object.entries(cases)) {
    const directory = t.testdir({ [what]: {} });
    if (text !== undefined) writeFileSync(`${directory}/session.json`, text);
    t.equal(readSession(directory), undefined, what);
  }
});

t.test('a record of a later version may say more', async (t) => {
  const directory = t.testdir({ 'session.json': JSON.stringify({ ...RECORD, more: 1 }) });
  t.match(readSession(directory), RECORD);
});
