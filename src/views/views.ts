import { cpuinfo } from './proc/cpuinfo.ts';
import { diskstats } from './proc/diskstats.ts';
import { loadavg } from './proc/loadavg.ts';
import { meminfo } from './proc/meminfo.ts';
import { partitions } from './proc/partitions.ts';
import { cpuPressure, ioPressure, memoryPressure } from './proc/pressure.ts';
import { slabinfo } from './proc/slabinfo.ts';
import { stat } from './proc/stat.ts';
import { swaps } from './proc/swaps.ts';
import { uptime } from './proc/uptime.ts';
import { offline, online } from './sys/devices/system/cpu/cpu-lists.ts';
import type { View } from './view.ts';

/** What is rendered for each container, by path below the mount point. */
export const views: ReadonlyMap<string, View> = new Map([
  ['proc/cpuinfo', cpuinfo],
  ['proc/diskstats', diskstats],
  ['proc/loadavg', loadavg],
  ['proc/meminfo', meminfo],
  ['proc/partitions', partitions],
  ['proc/pressure/cpu', cpuPressure],
  ['proc/pressure/io', ioPressure],
  ['proc/pressure/memory', memoryPressure],
  ['proc/slabinfo', slabinfo],
  ['proc/stat', stat],
  ['proc/swaps', swaps],
  ['proc/uptime', uptime],
  ['sys/devices/system/cpu/offline', offline],
  ['sys/devices/system/cpu/online', online],
  ['sys/devices/system/cpu/possible', online],
  ['sys/devices/system/cpu/present', online],
]);
