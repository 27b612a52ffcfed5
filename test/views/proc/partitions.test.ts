import t from 'tap';
import { parsePartitions } from '../../../src/procfs/partitions.ts';
import { renderPartitions } from '../../../src/views/proc/partitions.ts';

const HOST = `\
major minor  #blocks  name

   8        0  104857600 sda
   8        1  104856576 sda1
 259   100000 1000204632 nvme0n1
`;
const counters = { reads: { count: 1 }, writes: {}, discards: {} };

t.test('the lines of the disks that the container has, under the names they have there', (t) => {
  const disks = new Map([
    ['8:0', { name: 'sda', counters }],
    ['259:100000', { name: 'vdb', counters }],
  ]);
  t.equal(
    renderPartitions({ host: parsePartitions(HOST), disks }),
    HOST.replace(/.* sda1\n/, '').replace('nvme0n1', 'vdb'),
  );
  t.end();
});

t.test('the header alone', (t) => {
  t.equal(
    renderPartitions({ host: parsePartitions(HOST), disks: new Map() }),
    'major minor  #blocks  name\n\n',
  );
  t.end();
});
