import type { Meminfo } from '../../procfs/meminfo.ts';

/** What becomes of each of the host's lines; made once for a kernel's set of labels. */
export interface MeminfoTemplate {
  readonly labels: readonly string[];
  readonly parts: readonly Part[];
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'host'; readonly line: number }
  | { readonly kind: 'value'; readonly name: string; readonly head: string; readonly width: number };

/** Decides by name what each line shows; all names that `values` has are the container's. */
export function meminfoTemplate(
  labels: readonly string[],
  values: Readonly<Record<string, number>>,
): MeminfoTemplate {
  const parts: Part[] = [];
  for (const [line, label] of labels.entries()) {
    const name = label.slice(0, -1);
    // The kernel's layout: labels are padded to 16 columns (longer ones exist), numbers end in column 24.
    const head = label.length > 16 ? `${label} ` : label.padEnd(16);
    const width = 24 - head.length;
    const last = parts.at(-1);
    if (Object.hasOwn(values, name)) parts.push({ kind: 'value', name, head, width });
    else if (MACHINE.has(name)) parts.push({ kind: 'host', line });
    else {
      // A use of memory that cgroups do not count: the host's number is not the container's, which shows none.
      const text = `${head}${'0'.padStart(width)} kB\n`;
      if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
      else parts.push({ kind: 'text', text });
    }
  }
  return { labels, parts };
}

/** Writes the lines of a template that was made for the labels of `host`. */
export function fillMeminfo(
  { parts }: MeminfoTemplate,
  host: Meminfo,
  values: Readonly<Record<string, number>>,
): string {
  let text = '';
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        text += part.text;
        break;
      case 'host':
        text += host.text.slice(host.starts[part.line], host.starts[part.line + 1]);
        break;
      case 'value':
        text += `${part.head}${String(values[part.name]).padStart(part.width)} kB\n`;
        break;
    }
  }
  return text;
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
