import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { forgetEnded } from '../../src/supervisor/forget-ended.ts';

const STAT = '(a) (b c) S 0 17 17 0 -1 4194560 162 0 0 0 0 0 0 0 20 0 1 0 89141 2424832 224\n';
const BASE = '91011 1.5 1 2221 3 1165\n0 0 2000 1 1000 2100 4 1100 80000\n';

t.test('files of containers whose init, or cgroup, is no more', async (t) => {
  const root = t.testdir({ proc: { 100: { stat: `100 ${STAT}` } }, state: {}, group: {} });
  const inode = statSync(`${root}/group`).ino;
  const keep = (file: string, text = ''): void => writeFileSync(`${root}/state/${file}`, text);
  keep('100-89141-7.shown');
  keep('100-89141-7.base-3');
  keep('100-555-7.shown'); // another init had this pid before
  keep('101-89141-7.shown');
  keep('101-89141-7.load');
  keep(`0-0-${inode}.base-1`, `${root}/group\n${BASE}`);
  keep('0-0-1.base-1', `${root}/group\n${BASE}`); // an earlier group of this name
  keep('0-0-2.base-1', `${root}/gone\n${BASE}`);
  keep('0-0-3.base-1', 'garbage');
  keep('README');

  t.equal(await forgetEnded(`${root}/state`, root), 4);
  t.same(
    readdirSync(`${root}/state`).sort(),
    [`0-0-${inode}.base-1`, '0-0-3.base-1', '100-89141-7.base-3', '100-89141-7.shown', 'README'].sort(),
  );
});

t.test('cgroups that are no more, of an init that lives on', async (t) => {
  const root = t.testdir({ proc: { 100: { stat: `100 ${STAT}` } }, state: {}, 'group ': {} });
  const inode = statSync(`${root}/group `).ino;
  const keep = (file: string, text: string): void => writeFileSync(`${root}/state/${file}`, text);
  keep(`100-89141-${inode}.request`, `100 tasks ${root}/group \n`);
  keep(`100-89141-${inode}.load`, '');
  keep('100-89141-1.request', `100 tasks ${root}/group \n`);
  keep('100-89141-1.load', '');
  keep('100-89141-2.base-1', `${root}/gone\n${BASE}`);
  keep('100-89141-2.shown', '');

  t.equal(await forgetEnded(`${root}/state`, root), 2);
  t.same(readdirSync(`${root}/state`).sort(), [`100-89141-${inode}.load`, `100-89141-${inode}.request`]);
});

t.test('files that do not say what cgroup they are about, once nobody has used them for long', async (t) => {
  const root = t.testdir({ state: { '0-0-1.shown': '', '0-0-2.shown': '', README: '' } });
  for (const file of ['0-0-1.shown', 'README']) utimesSync(`${root}/state/${file}`, 1000, 1000);
  t.equal(await forgetEnded(`${root}/state`, root), 1);
  t.same(readdirSync(`${root}/state`).sort(), ['0-0-2.shown', 'README']);
});

t.test('no directory', async (t) => {
  mkdirSync(`${t.testdirName}/empty`, { recursive: true });
  t.equal(await forgetEnded(`${t.testdirName}/empty/state`, ''), 0);
});
