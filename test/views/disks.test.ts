import t from 'tap';
import { containerDisks } from '../../src/views/disks.ts';
import { FIXTURES, containerIn } from '../fixture.ts';

const host = [
  { major: 8, minor: 0, name: 'sda' },
  { major: 8, minor: 1, name: 'sda1' },
  { major: 259, minor: 0, name: 'nvme0n1' },
];

t.test('disks that the container used', (t) => {
  const disks = containerDisks(containerIn(`${FIXTURES}/v1-above-limit`), host);
  t.same(
    [...(disks ?? [])].map(([device, { name }]) => [device, name]),
    [
      ['8:0', 'sda'],
      ['259:0', 'nvme0n1'],
    ],
  );
  t.end();
});

t.test('of a disk with counters of 0 the container knows nothing', (t) => {
  const disks = containerDisks(containerIn(`${FIXTURES}/v2-swap-residue`), host);
  t.same([...(disks?.keys() ?? [])], ['8:0']);
  t.end();
});

t.test('a disk without a name in the container is left out', (t) => {
  const context = containerIn(`${FIXTURES}/v1-above-limit`, { deviceNames: 'container' });
  t.equal(containerDisks(context, host)?.size, 0);
  t.end();
});

t.test('nobody counts', (t) => {
  t.equal(containerDisks(containerIn(`${FIXTURES}/v1-zero-limit`), host), undefined);
  t.end();
});
