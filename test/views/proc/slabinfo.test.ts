import t from 'tap';
import { slabinfo } from '../../../src/views/proc/slabinfo.ts';
import { FIXTURES, containerIn } from '../../fixture.ts';

t.test('never the caches of the host', (t) => {
  const root = t.testdir({
    proc: { self: { mountinfo: '' }, 7: { cgroup: '0::/' }, slabinfo: 'dentry 777 777\n' },
  });
  t.equal(slabinfo(containerIn(root)), undefined, 'in no cgroup: the host, by its own file');
  t.match(slabinfo(containerIn(`${FIXTURES}/v2`)), /^slabinfo - version: 2\.1\n# name .*\n$/);
  t.match(
    slabinfo(containerIn(`${FIXTURES}/v1-unlimited`)),
    /^slabinfo - version: 2\.1\n# name .*\n(\w+ +\d+.*\n){2}$/,
  );
  t.end();
});
