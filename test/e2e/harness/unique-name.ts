let count = 0;

/** In a pid namespace of its own a process may have any number; the world is named by one of the machine's. */
const world = process.env['LXCFS_E2E_WORLD'];
const prefix = world === undefined ? 'lxcfs-e2e' : `lxcfs-e2e-${world}`;

/** A name that no other test run on this machine uses at the same time: `lxcfs-e2e-4711-1`. */
export function uniqueName(): string {
  count += 1;
  return `${prefix}-${process.pid}-${count}`;
}
