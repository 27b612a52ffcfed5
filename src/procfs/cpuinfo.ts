/**
 * Host text of /proc/cpuinfo, taken apart once so that any choice of CPUs can be put together quickly.
 * Its `cpu` parts stand in the host's order.
 */
export type CpuinfoPart =
  /** Lines that belong to the machine as a whole: s390x and MIPS have them first, ppc64 and ARM last. */
  | { readonly kind: 'machine'; readonly text: string }
  /** Lines in which the number of CPUs goes between `head` and `tail`: `# processors    : 4` of s390x. */
  | { readonly kind: 'count'; readonly head: string; readonly tail: string }
  /** Lines of one CPU; its shown number goes between any two of the pieces. */
  | { readonly kind: 'cpu'; readonly cpu: number; readonly pieces: readonly string[] };

/** flat: each CPU is a package of its own, as virtual CPUs are; host: the host's lines stay. */
export type CpuTopology = 'flat' | 'host';

/**
 * Parses /proc/cpuinfo in the grammars of all architectures. What the lines mean apart from the CPU's number is not
 * looked at, save those of the topology.
 *
 * x86, arm64, riscv, ppc64: `processor\t: 0` starts a block that an empty line ends;
 * s390x: `processor 0: version = FF, ...` is a line by itself, and `cpu number      : 0` starts a block
 */
export function parseCpuinfo(text: string, topology: CpuTopology): CpuinfoPart[] {
  const parts: CpuinfoPart[] = [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let machine = '';
  let block: { cpu: number; pieces: string[] } | undefined;
  const endParts = () => {
    if (block) parts.push({ kind: 'cpu', ...block });
    if (machine !== '') parts.push({ kind: 'machine', text: machine });
    block = undefined;
    machine = '';
  };
  for (const line of lines) {
    const start = startOfCpu(line);
    if (start !== undefined) {
      endParts();
      block = { cpu: start.cpu, pieces: [start.head, `${start.tail}\n`] };
      if (start.isWhole) endParts();
    } else if (block) {
      appendLine(block.pieces, topology === 'flat' ? flatLine(line) : [line]);
      if (line === '') endParts();
    } else if (line.startsWith('# processors')) {
      endParts();
      parts.push({ kind: 'count', head: line.slice(0, line.indexOf(':') + 2), tail: '\n' });
    } else {
      machine += `${line}\n`;
    }
  }
  endParts();
  return parts;
}

interface CpuStart {
  readonly cpu: number;
  readonly head: string;
  readonly tail: string;
  /** The line is all there is. */
  readonly isWhole: boolean;
}

/** `processor\t: 3`, `processor 3: version = FF`, `cpu number      : 3`; ARM's `Processor\t: AArch64 rev 4` is none. */
const CPU_START = /^(?<head>processor\s*:\s*|cpu number\s*:\s*|processor )(?<number>\d+)(?<tail>:.*|)$/;

function startOfCpu(line: string): CpuStart | undefined {
  const { head, number, tail } = CPU_START.exec(line)?.groups ?? {};
  if (head === undefined || number === undefined || tail === undefined) return undefined;
  return { cpu: Number(number), head, tail, isWhole: tail !== '' };
}

/** `physical id\t: 0` */
const TOPOLOGY_LINE = /^(?<label>(?<name>physical id|siblings|core id|cpu cores)\s*:\s*)\d+$/;

/** A line of the flat topology, as the text before and after the CPU's shown number. */
function flatLine(line: string): [string] | [string, string] {
  const { label, name } = TOPOLOGY_LINE.exec(line)?.groups ?? {};
  if (label === undefined) return [line];
  if (name === 'physical id') return [label, ''];
  return [label + (name === 'core id' ? '0' : '1')];
}

function appendLine(pieces: string[], line: readonly string[]): void {
  const [first = '', second] = line;
  const last = (pieces.pop() ?? '') + first;
  if (second === undefined) pieces.push(`${last}\n`);
  else pieces.push(last, `${second}\n`);
}
