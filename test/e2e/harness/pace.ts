/** How many times slower than real hardware this machine is: an emulated one says so in LXCFS_E2E_SLOWNESS. */
export const slowness = Number(process.env['LXCFS_E2E_SLOWNESS'] ?? '1');

/** A number of repetitions, made smaller on a slow machine so that the test still ends in time. */
export function repetitions(count: number): number {
  return Math.ceil(count / slowness);
}
