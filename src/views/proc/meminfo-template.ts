import type { Meminfo } from '../../procfs/meminfo.ts';
import { NumberForm, type NumberPlace } from '../number-form.ts';

/** All of a container's meminfo but its own numbers; made once for a machine. */
export interface MeminfoTemplate {
  readonly labels: readonly string[];
  /** Numbers of the lines that are the host's, and their text. */
  readonly machineLines: readonly number[];
  readonly machineText: string;
  /** Names of the values in the order of their places in the form. */
  readonly names: readonly string[];
  readonly form: NumberForm;
}

/** Decides by name what each of the host's lines shows; all names that `values` has are the container's. */
export function meminfoTemplate(host: Meminfo, values: Readonly<Record<string, number>>): MeminfoTemplate {
  const machineLines: number[] = [];
  const names: string[] = [];
  const places: NumberPlace[] = [];
  let blank = '';
  for (const [line, label] of host.labels.entries()) {
    const name = label.slice(0, -1);
    // The kernel's layout: labels are padded to 16 columns (longer ones exist), numbers end in column 24.
    const head = label.length > 16 ? `${label} ` : label.padEnd(16);
    const width = 24 - head.length;
    if (Object.hasOwn(values, name)) {
      blank += head + ' '.repeat(width);
      names.push(name);
      places.push({ end: blank.length, width });
      blank += ' kB\n';
    } else if (MACHINE.has(name)) {
      machineLines.push(line);
      blank += lineOf(host, line);
    } else {
      // A use of memory that cgroups do not count: the host's number is not the container's, which shows none.
      blank += `${head}${'0'.padStart(width)} kB\n`;
    }
  }
  const machineText = textOf(host, machineLines);
  return { labels: host.labels, machineLines, machineText, names, form: new NumberForm(blank, places) };
}

/** Whether a template that was made for an earlier text of the host is still right. */
export function isTemplateFor(
  host: Meminfo,
  { labels, machineLines, machineText }: MeminfoTemplate,
): boolean {
  return labels === host.labels && textOf(host, machineLines) === machineText;
}

/** Writes the lines of a template with these values, of the same names as those that it was made with. */
export function fillMeminfo(
  { names, form }: MeminfoTemplate,
  values: Readonly<Record<string, number>>,
): string {
  return form.fill(names.map((name) => values[name] ?? Number.NaN));
}

function textOf(host: Meminfo, lines: readonly number[]): string {
  return lines.map((line) => lineOf(host, line)).join('');
}

function lineOf({ text, starts }: Meminfo, line: number): string {
  return text.slice(starts[line], starts[line + 1]);
}

/** Properties of the machine, the same in every container. (HugePages_* are numbers of pages, not kB.) */
const MACHINE = new Set([
  'VmallocTotal',
  'HugePages_Total',
  'HugePages_Free',
  'HugePages_Rsvd',
  'HugePages_Surp',
  'Hugepagesize',
  'Hugetlb',
]);
