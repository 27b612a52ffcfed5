/** The paths below an lxcfs mount that belong over the same path of a container. A running lxcfs may lack some of them. */
export const LXCFS_FILES: readonly string[] = [
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/partitions',
  '/proc/pressure/cpu',
  '/proc/pressure/io',
  '/proc/pressure/memory',
  '/proc/slabinfo',
  '/proc/stat',
  '/proc/swaps',
  '/proc/uptime',
  '/sys/devices/system/cpu',
];

/** Those below /proc that runc, and so Docker, agrees to bind-mount by itself; the others take a hook or `remount`. */
export const RUNC_FILES: readonly string[] = [
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/slabinfo',
  '/proc/stat',
  '/proc/swaps',
  '/proc/uptime',
];
