/** Every file whose content depends on the container, by path below the mount point, and what its text looks like. */
export const CONTAINER_FILES = {
  'proc/cpuinfo': /^(?=[^]*\n)(?![^]*\b(?:undefined|NaN)\b)[^]+$/,
  'proc/diskstats': /^(?: +\d+ +\d+ \S+(?: \d+)+\n)*$/,
  'proc/loadavg': /^(?:\d+\.\d\d ){3}\d+\/\d+ \d+\n$/,
  'proc/meminfo': /^(?:[\w()]+: +\d+(?: kB)?\n)+$/,
  'proc/partitions': /^major minor {2}#blocks {2}name\n\n(?: +\d+ +\d+ +\d+ \S+\n)*$/,
  'proc/pressure/cpu': pressureLines(),
  'proc/pressure/io': pressureLines(),
  'proc/pressure/memory': pressureLines(),
  'proc/slabinfo': /^slabinfo - version: 2\.1\n# name .*\n/,
  'proc/stat': /^cpu {2}\d+(?: \d+){9}\n(?:cpu\d+(?: \d+){10}\n)+(?:\w+(?: \d+)+\n)+$/,
  'proc/swaps': /^Filename\t+Type\t+Size\t+Used\t+Priority\n(?:none +virtual\t\t\d+\t\d+\t0\n)?$/,
  'proc/uptime': /^\d+\.\d\d \d+\.\d\d\n$/,
  'sys/devices/system/cpu/offline': /^\n$/,
  'sys/devices/system/cpu/online': /^\d+(?:[-,]\d+)*\n$/,
  'sys/devices/system/cpu/possible': /^\d+(?:[-,]\d+)*\n$/,
  'sys/devices/system/cpu/present': /^\d+(?:[-,]\d+)*\n$/,
} as const;

export type ContainerFile = keyof typeof CONTAINER_FILES;

/** Ticks of one line of stat by column, in the kernel's order; `cpu` is the sum. */
export type StatTicks = ReadonlyMap<string, readonly number[]>;

/** The lines of stat that count ticks: `cpu0 105 0 33 1862 0 0 0 0 0 0`. */
export function statTicks(text: string): StatTicks {
  const lines = [...text.matchAll(/^(cpu\d*) +(.+)$/gm)];
  return new Map(lines.map(([, name = '', numbers = '']) => [name, numbers.split(' ').map(Number)]));
}

/** Counters of each disk in diskstats: `   7       4 loop4 5 0 128 ...`. */
export function diskCounters(text: string): ReadonlyMap<string, readonly number[]> {
  const lines = text.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, , name = '', ...counters] = line.trim().split(/ +/);
      return [name, counters.map(Number)];
    }),
  );
}

function pressureLines(): RegExp {
  return /^(?:(?:some|full) avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=\d+\.\d\d total=\d+\n){1,2}$/;
}
