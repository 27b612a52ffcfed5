import t from 'tap';
import { Groups } from '../../../src/cgroup/group.ts';
import { openIo } from '../../../src/cgroup/v1/io.ts';
import { DescriptorPool } from '../../../src/procfs/kernel-file.ts';

const groups = new Groups(new DescriptorPool(100));

function ioOf(directory: string) {
  const place = { version: 1, directories: [directory], limitable: [directory], isRoot: false } as const;
  return openIo(groups.open(place));
}

/** A blkio file's text for some devices: reads, writes, discards. */
function counts(devices: Record<string, readonly [number, number, number]>): string {
  const lines = Object.entries(devices).map(
    ([device, [reads, writes, discards]]) =>
      `${device} Read ${reads}\n${device} Write ${writes}\n${device} Sync 0\n` +
      `${device} Discard ${discards}\n${device} Total ${reads + writes + discards}\n`,
  );
  return `${lines.join('')}Total 99999\n`;
}

t.test('the throttling layer counts requests and bytes', (t) => {
  const root = t.testdir({
    'blkio.throttle.io_serviced_recursive': counts({ '7:0': [100, 12, 1] }),
    'blkio.throttle.io_service_bytes_recursive': counts({ '7:0': [6553600, 1703936, 1048576] }),
  });
  t.same(ioOf(root).read()?.get('7:0'), {
    reads: { count: 100, bytes: 6553600, merged: undefined, millis: undefined },
    writes: { count: 12, bytes: 1703936, merged: undefined, millis: undefined },
    discards: { count: 1, bytes: 1048576, merged: undefined, millis: undefined },
    busyMillis: undefined,
  });
  t.end();
});

t.test('CFQ counts merges and times as well', (t) => {
  const root = t.testdir({
    'blkio.io_serviced_recursive': counts({ '8:0': [10, 20, 0] }),
    'blkio.io_service_bytes_recursive': counts({ '8:0': [512, 1024, 0] }),
    'blkio.io_merged_recursive': counts({ '8:0': [1, 2, 0] }),
    'blkio.io_wait_time_recursive': counts({ '8:0': [3_000_000, 400_000, 0] }),
    'blkio.io_service_time_recursive': counts({ '8:0': [7_000_000, 700_000, 0] }),
  });
  t.match(ioOf(root).read()?.get('8:0'), {
    reads: { count: 10, bytes: 512, merged: 1, millis: 10 },
    writes: { count: 20, bytes: 1024, merged: 2, millis: 1 },
    busyMillis: 7,
  });
  t.end();
});

t.test('each disk is taken from the first that counted it', (t) => {
  const root = t.testdir({
    'blkio.bfq.io_serviced_recursive': counts({ '8:0': [1, 0, 0], '8:16': [0, 0, 0] }),
    'blkio.bfq.io_service_bytes_recursive': counts({ '8:0': [512, 0, 0], '8:16': [0, 0, 0] }),
    'blkio.throttle.io_serviced_recursive': counts({
      '8:0': [5, 5, 5],
      '8:16': [6, 6, 6],
      '8:32': [0, 0, 0],
    }),
  });
  const disks = ioOf(root).read();
  t.same([...(disks?.keys() ?? [])], ['8:0', '8:16']);
  t.equal(disks?.get('8:0')?.reads.count, 1);
  t.equal(disks?.get('8:16')?.reads.count, 6);
  t.end();
});

t.test('files that are there and empty, and none at all', (t) => {
  const root = t.testdir({ 'blkio.bfq.io_serviced_recursive': 'Total 0\n', other: {} });
  t.same(ioOf(root).read(), new Map());
  t.equal(ioOf(`${root}/other`).read(), undefined);
  t.end();
});
