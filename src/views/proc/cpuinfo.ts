import { type CpuNumbers, formatCpuList } from '../../procfs/cpu-list.ts';
import { type CpuinfoPart, type CpuTopology, parseCpuinfo } from '../../procfs/cpuinfo.ts';
import type { HostFiles } from '../../procfs/host-files.ts';
import { gatherCpuView } from '../cpu-view.ts';
import type { View, ViewContext } from '../view.ts';

/** /proc/cpuinfo: the host's blocks of the visible CPUs, numbered from 0. */
export const cpuinfo: View = (context) => {
  const inputs = gatherCpuinfo(context);
  if (inputs === undefined) return undefined;
  const { rendered, parts, hostCpus } = inputs;
  const key = formatCpuList(hostCpus);
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const text = renderCpuinfo(parts, hostCpus);
  if (rendered.size < RENDERED_END) rendered.set(key, text);
  return text;
};

/** Reads the visible CPUs and the host's cpuinfo; undefined where either is unknown. */
export function gatherCpuinfo(
  context: ViewContext,
): (HostCpuinfo & { readonly hostCpus: CpuNumbers }) | undefined {
  const view = gatherCpuView(context);
  const known = view && hostCpuinfo(context.host, context.options.cpuTopology, view.hostCpus);
  return view && known && { parts: known.parts, rendered: known.rendered, hostCpus: view.hostCpus };
}

/** The text: parts of visible CPUs, and those of the machine; lines that count CPUs count the visible ones. */
export function renderCpuinfo(parts: readonly CpuinfoPart[], hostCpus: CpuNumbers): string {
  const shownOf = new Map(hostCpus.map((cpu, index) => [cpu, `${index}`]));
  let text = '';
  for (const part of parts) {
    switch (part.kind) {
      case 'machine':
        text += part.text;
        break;
      case 'count':
        text += part.head + hostCpus.length + part.tail;
        break;
      case 'cpu': {
        const shown = shownOf.get(part.cpu);
        if (shown !== undefined) text += part.pieces.join(shown);
        break;
      }
    }
  }
  return text;
}

interface HostCpuinfo {
  readonly parts: readonly CpuinfoPart[];
  /** Texts made of these parts, by list of CPUs: most containers of a host see one of a few lists. */
  readonly rendered: Map<string, string>;
}

interface KnownCpuinfo extends HostCpuinfo {
  readonly cpus: ReadonlySet<number>;
  readonly topology: CpuTopology;
  readonly readAtMillis: number;
}

/** A text has 1 KB per CPU: on large hosts with many lists of CPUs this bounds what is kept. */
const RENDERED_END = 64;

/**
 * From one read to the next only `cpu MHz` changes, and reading is dear: the kernel may interrupt every CPU to ask for its
 * frequency, and the text of a large host has megabytes. The kernel itself keeps a frequency for a second, so it is good
 * enough here. A CPU that is visible but was not there when the text was read (it came online since) makes it stale.
 */
const FRESH_MILLIS = 1000;

const lastRead = new WeakMap<HostFiles, KnownCpuinfo>();

function hostCpuinfo(host: HostFiles, topology: CpuTopology, needed: CpuNumbers): HostCpuinfo | undefined {
  const now = performance.now();
  const last = lastRead.get(host);
  if (last !== undefined && last.topology === topology && now - last.readAtMillis < FRESH_MILLIS) {
    if (needed.every((cpu) => last.cpus.has(cpu))) return last;
  }
  const text = host.file('/proc/cpuinfo').readToEnd();
  if (text === undefined) return undefined;
  const parts = parseCpuinfo(text, topology);
  const cpus = new Set(parts.flatMap((part) => (part.kind === 'cpu' ? [part.cpu] : [])));
  const fresh: KnownCpuinfo = { parts, cpus, topology, rendered: new Map(), readAtMillis: now };
  lastRead.set(host, fresh);
  return fresh;
}
