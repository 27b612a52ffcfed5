import t from 'tap';
import { sourceOf } from '../../src/toolkit/container-view.ts';

const POINTS = ['/proc/meminfo', '/proc/pressure', '/sys/devices/system/cpu'];

const text = (path: string) => sourceOf({ path, text: 'x\n' }, POINTS);
const errno = (path: string, name: string) => sourceOf({ path, errno: name }, POINTS);

t.test('whose a file is', async (t) => {
  t.equal(text('/proc/meminfo'), 'lxcfs');
  t.equal(text('/proc/pressure/cpu'), 'lxcfs', 'below a directory that is mounted as a whole');
  t.equal(text('/proc/stat'), 'host');
  t.equal(errno('/proc/meminfo', 'ENOTCONN'), 'dead');
  t.equal(errno('/proc/meminfo', 'ETIMEDOUT'), 'hung');
  t.equal(errno('/proc/swaps', 'ENOENT'), 'absent');
});
