import type { FileReading } from './file-reading.ts';

/** The figures that people look for in the files; what cannot be known is left out. */
export interface Summary {
  readonly memoryTotalKb?: number;
  readonly memoryAvailableKb?: number;
  readonly swapTotalKb?: number;
  readonly swapFreeKb?: number;
  readonly processors?: number;
  readonly cpusOnline?: string;
  readonly loadAverage?: string;
  readonly uptimeSeconds?: number;
  readonly disks?: readonly string[];
}

/** Takes the figures out of files that have been read. */
export function summarize(readings: readonly FileReading[]): Summary {
  const texts = new Map(
    readings.flatMap((reading) => ('text' in reading ? [[reading.path, reading.text]] : [])),
  );
  const meminfo = texts.get('/proc/meminfo');
  return withoutUndefined({
    memoryTotalKb: kilobytes(meminfo, 'MemTotal'),
    memoryAvailableKb: kilobytes(meminfo, 'MemAvailable'),
    swapTotalKb: kilobytes(meminfo, 'SwapTotal'),
    swapFreeKb: kilobytes(meminfo, 'SwapFree'),
    processors: texts.get('/proc/cpuinfo')?.match(/^processor\b/gm)?.length,
    cpusOnline: texts.get('/sys/devices/system/cpu/online')?.trim(),
    loadAverage: texts.get('/proc/loadavg')?.split(' ').slice(0, 3).join(' '),
    uptimeSeconds: numberOf(texts.get('/proc/uptime')?.split(' ')[0]),
    disks: diskNames(texts.get('/proc/diskstats')),
  });
}

/** `MemTotal:         262144 kB` */
function kilobytes(meminfo: string | undefined, name: string): number | undefined {
  return numberOf(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo ?? '')?.[1]);
}

/** `   8       0 sda 1183 0 75422 ...` */
function diskNames(diskstats: string | undefined): string[] | undefined {
  return diskstats?.split('\n').flatMap((line) => line.trim().split(/\s+/)[2] ?? []);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}

function withoutUndefined(summary: { [Key in keyof Summary]: Summary[Key] | undefined }): Summary {
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== undefined));
}
