let count = 0;

/** A name that no other test run on this machine uses at the same time: `lxcfs-e2e-4711-1`. */
export function uniqueName(): string {
  count += 1;
  return `lxcfs-e2e-${process.pid}-${count}`;
}
