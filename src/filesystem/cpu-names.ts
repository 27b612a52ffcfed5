/** Which cpuN names a reader sees in the CPU directory, and which CPU of the host each of them stands for. */
export type VisibleCpus = ReadonlyMap<number, number>;

/** The number in `cpu7`; undefined for any other name (`cpufreq`, `cpu07`). */
export function cpuNumber(name: string): number | undefined {
  return /^cpu(?:0|[1-9]\d{0,5})$/.test(name) ? Number(name.slice(3)) : undefined;
}
