/** What tasks can be stalled for. */
export type PressureResource = 'cpu' | 'io' | 'memory';

/** A container's pressure stall information (Documentation/accounting/psi.rst). */
export interface Pressure {
  /** The group's file, in the form of /proc/pressure/RESOURCE; undefined where the kernel does not keep it. */
  read(resource: PressureResource): string | undefined;
}
