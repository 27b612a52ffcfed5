import { scanNumber } from './scan-number.ts';

/**
 * Parses the first number of /proc/uptime (proc_uptime(5)), the time since boot including suspension (CLOCK_BOOTTIME),
 * into USER_HZ ticks, which are the hundredths that the kernel writes. Undefined where the text has another form.
 *
 * `910.11 1729.15`
 */
export function parseUptimeTicks(text: string): number | undefined {
  const point = text.indexOf('.');
  const seconds = scanNumber(text, 0, point);
  const hundredths = scanNumber(text, point + 1, text.indexOf(' ', point));
  return seconds === undefined || hundredths === undefined ? undefined : seconds * 100 + hundredths;
}
