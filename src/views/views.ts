import { meminfo } from './proc/meminfo.ts';
import { swaps } from './proc/swaps.ts';
import type { View } from './view.ts';

/** What is rendered for each container, by path below the mount point. */
export const views: ReadonlyMap<string, View> = new Map([
  ['proc/meminfo', meminfo],
  ['proc/swaps', swaps],
]);
