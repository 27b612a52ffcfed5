import { meminfoFields } from './proc-text.ts';
import { statTicks } from './proc-files.ts';

/** The fields of one file by name; a number where the file has one. */
export type Fields = ReadonlyMap<string, number | string>;

/** Takes a text apart, by file below /proc or /sys/devices/system/cpu. */
export const FIELDS_OF: Readonly<Record<string, (text: string) => Fields>> = {
  cpuinfo: cpuinfoFields,
  loadavg: (text) =>
    numbered(text.split(/[ /\n]/), ['1 minute', '5 minutes', '15 minutes', 'running', 'total', 'last pid']),
  meminfo: meminfoFields,
  online: (text) => new Map([['CPUs', text]]),
  stat: statFields,
  swaps: swapsFields,
  uptime: (text) => numbered(text.split(/[ \n]/), ['age', 'idle']),
};

function numbered(words: readonly string[], names: readonly string[]): Fields {
  return new Map(names.map((name, index) => [name, Number(words[index])]));
}

/** `processor	: 0` begins a block. */
function cpuinfoFields(text: string): Fields {
  const fields = new Map<string, string>();
  text.split('\n\n').forEach((block, index) => {
    for (const [, name = '', value = ''] of block.matchAll(/^([^\t:]+)\t*: ?(.*)$/gm))
      fields.set(`${name} of ${index}`, value);
  });
  return fields;
}

const COLUMNS = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'irq',
  'softirq',
  'steal',
  'guest',
  'guest_nice',
];

function statFields(text: string): Fields {
  const fields = new Map<string, number>();
  for (const [cpu, ticks] of statTicks(text)) {
    for (const [index, column] of COLUMNS.entries())
      fields.set(`${column} of ${cpu}`, ticks[index] ?? Number.NaN);
  }
  // of intr and softirq the sum
  for (const [, name = '', value] of text.matchAll(/^([a-z_]+) (\d+)/gm)) fields.set(name, Number(value));
  return fields;
}

/** `none                                    virtual		196608	1316	0` */
function swapsFields(text: string): Fields {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const names = header.split(/\t+/);
  return new Map(
    lines.flatMap((line, row) =>
      line.split(/\s+/).map((word, index) => [`${names[index]} of ${row}`, Number(word) || word]),
    ),
  );
}
