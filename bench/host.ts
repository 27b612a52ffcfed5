import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scope, withScope } from '../test/e2e/harness/cleanup.ts';
import { temporaryDirectory } from '../test/e2e/harness/temporary-directory.ts';
import { containerIn, FIXTURES, GOLDEN_FILES } from '../test/fixture.ts';
import { views } from '../src/views/views.ts';
import type { Figure } from './figure.ts';
import { OURS } from './peer.ts';

const LARGE = { cpus: 256, disks: 500 };
const QUARTER = { cpus: 64, disks: 125 };
const MILLIS = 300;
/** A text that is longer on the larger host by so much is one that grows with it. */
const GROWS = 1.5;

/** What rendering each file costs, in process, on a large host and on one a quarter as large. */
export function measureLargeHost(): Promise<Figure[]> {
  return withScope(async (scope) => {
    const [large, quarter] = [
      await renderAll(hostTree(scope, LARGE)),
      await renderAll(hostTree(scope, QUARTER)),
    ];
    return GOLDEN_FILES.flatMap((path): Figure[] => {
      const [more, less] = [large.get(path), quarter.get(path)];
      if (more === undefined || less === undefined) return [];
      const textGrowth = more.bytes / less.bytes;
      const growth = more.micros / less.micros;
      const on = `${path} on ${LARGE.cpus} CPUs and ${LARGE.disks} disks`;
      const cost = { name: `${on}, ${more.bytes} bytes`, peer: OURS, value: more.micros, unit: 'µs' };
      const grown = { name: `${on}, growth by that of the text`, peer: OURS, unit: 'x', most: 1.25 };
      return textGrowth < GROWS ? [cost] : [cost, { ...grown, value: growth / textGrowth }];
    });
  });
}

async function renderAll(root: string): Promise<ReadonlyMap<string, { micros: number; bytes: number }>> {
  const context = containerIn(root, { enableCfs: true });
  const costs = new Map<string, { micros: number; bytes: number }>();
  for (const path of GOLDEN_FILES) {
    const render = (): string => views.get(path)?.(context) ?? '';
    repeat(render); // until V8 has compiled it as well as it can
    if (render() !== '') costs.set(path, { micros: repeat(render), bytes: render().length });
  }
  context.container.cgroup.close();
  return costs;
}

/** Microseconds of one of many. */
function repeat(work: () => void): number {
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < MILLIS; count++) work();
  return ((performance.now() - startedAt) / count) * 1000;
}

/** The captured v2 tree with as many CPUs and disks, all of which the container uses. */
function hostTree(scope: Scope, { cpus, disks }: { cpus: number; disks: number }): string {
  const root = temporaryDirectory(scope);
  cpSync(`${FIXTURES}/v2`, root, { recursive: true, verbatimSymlinks: true });
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'latin1')));
  const group = 'sys/fs/cgroup/fixture/c1';
  edit('proc/stat', (text) =>
    text.replace(
      /(^cpu\d+ .*\n)+/m,
      each(cpus, (cpu) => `cpu${cpu} ${407 + cpu} 0 388 2140 3 0 15 0 0 0\n`),
    ),
  );
  edit('proc/cpuinfo', (text) => {
    const [record = ''] = text.split('\n\n');
    return each(cpus, (cpu) => `${record.replace(/^(processor\s*): 0$/m, `$1: ${cpu}`)}\n\n`);
  });
  const list = `0-${cpus - 1}\n`;
  for (const name of ['online', 'present', 'possible']) edit(`sys/devices/system/cpu/${name}`, () => list);
  for (const name of ['cpuset.cpus', 'cpuset.cpus.effective']) edit(`${group}/${name}`, () => list);
  edit('sys/fs/cgroup/cpuset.cpus.effective', () => list);
  edit('sys/fs/cgroup/fixture/cpuset.cpus.effective', () => list);
  edit(`${group}/cpu.max`, () => 'max 100000\n');
  edit('proc/diskstats', () =>
    each(
      disks,
      (disk) => ` 259 ${disk} nvme${disk}n1 5880 0 47040 48 2655 0 123440 600 0 648 648 0 0 0 0 0 0\n`,
    ),
  );
  edit('proc/partitions', (text) => {
    const [head = ''] = text.split('\n');
    return `${head}\n\n${each(disks, (disk) => ` 259 ${disk} 524288 nvme${disk}n1\n`)}`;
  });
  edit(`${group}/io.stat`, () =>
    each(disks, (disk) => `259:${disk} rbytes=16777216 wbytes=1310720 rios=256 wios=20 dbytes=0 dios=0\n`),
  );
  return root;
}

function each(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}
