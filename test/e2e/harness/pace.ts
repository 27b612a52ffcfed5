/** How many times slower than real hardware this machine is: an emulated one says so in LXCFS_E2E_SLOWNESS. */
export const slowness = Number(process.env['LXCFS_E2E_SLOWNESS'] ?? '1');

/** A number of repetitions, made much smaller on a slow machine, where the reader and the daemon are slow, too. */
export function repetitions(count: number): number {
  return Math.ceil(count / slowness ** 2);
}
