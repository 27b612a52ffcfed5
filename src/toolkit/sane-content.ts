/**
 * What is wrong with the text of an lxcfs file, or undefined where it looks as the kernel's would: the right first words,
 * and numbers that can be. Files that it does not know are never wrong.
 */
export function complaintAbout(path: string, text: string): string | undefined {
  const rule = RULES[path];
  if (rule === undefined) return undefined;
  if (text === '') return `${path} is empty`;
  if (!text.endsWith('\n')) return `${path} does not end with a newline`;
  return rule.test(text) ? furtherComplaint(path, text) : `${path} is not as expected: ${firstLine(text)}`;
}

/** The files that a health check reads. */
export const CHECKED_FILES: readonly string[] = [
  '/proc/cpuinfo',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/stat',
  '/proc/swaps',
  '/proc/uptime',
  '/sys/devices/system/cpu/online',
];

const RULES: Readonly<Record<string, RegExp>> = {
  '/proc/cpuinfo': /^(?:processor|vendor_id|cpu)\b.*/,
  '/proc/loadavg': /^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\/\d+ \d+\n$/,
  '/proc/meminfo': /^MemTotal: +\d+ kB\nMemFree: +\d+ kB\n/,
  '/proc/stat': /^cpu {2}\d+( \d+){3,}\n/,
  '/proc/swaps': /^Filename\s+Type\s+Size\s+Used\s+Priority\n/,
  '/proc/uptime': /^\d+\.\d\d \d+\.\d\d\n$/,
  '/sys/devices/system/cpu/online': /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*\n$/,
};

function furtherComplaint(path: string, text: string): string | undefined {
  if (path !== '/proc/meminfo') return undefined;
  const [total, free] = [...text.matchAll(/^(?:MemTotal|MemFree): +(\d+) kB$/gm)].map(([, number]) =>
    Number(number),
  );
  if (total === undefined || free === undefined) return undefined;
  if (total === 0) return `${path} says MemTotal 0 kB`;
  return free > total ? `${path} says MemFree ${free} kB of MemTotal ${total} kB` : undefined;
}

function firstLine(text: string): string {
  return JSON.stringify(text.slice(0, 60).split('\n')[0]);
}
