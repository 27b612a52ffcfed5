/** Numbers of a meminfo text by field, in kB: `MemTotal:         262144 kB`. */
export function meminfoFields(text: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.matchAll(/^(\S+):\s+(\d+)(?: kB)?$/gm)].map(([, name = '', number]) => [name, Number(number)]),
  );
}

/** One number of a meminfo text in kB; NaN where there is no such field. */
export function meminfoField(text: string, name: string): number {
  return meminfoFields(text).get(name) ?? Number.NaN;
}

/** The two numbers of an uptime text in seconds: `5.02 9.87`. */
export function uptimeSeconds(text: string): { readonly age: number; readonly idle: number } {
  const [age, idle] = text.split(' ').map(Number);
  return { age: age ?? Number.NaN, idle: idle ?? Number.NaN };
}
