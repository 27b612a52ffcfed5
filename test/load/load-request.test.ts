import t from 'tap';
import { formatRequest, parseRequest } from '../../src/load/load-request.ts';

const GROUP = { root: '', initPid: 4711, listName: 'tasks', directory: '/sys/fs/cgroup/cpu/a b ' } as const;
const TEXT = '4711 tasks /sys/fs/cgroup/cpu/a b \n';

t.equal(formatRequest(GROUP), TEXT);
t.same(parseRequest(TEXT, ''), GROUP, 'and back, with the space at the end of the name');

for (const text of [
  '',
  '\n',
  'garbage\n',
  'x tasks /a\n',
  '4711 procs /a\n',
  '4711 tasks\n',
  '4711 tasks /a',
]) {
  t.equal(parseRequest(text, ''), undefined, JSON.stringify(text));
}
