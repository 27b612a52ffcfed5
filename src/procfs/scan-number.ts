const DIGIT_0 = 48;

/**
 * The number that is written in the digits from `start` to `end`; undefined where there is anything else, or nothing.
 * (Number() would take the empty text for 0, and needs the text cut out first.)
 */
export function scanNumber(text: string, start: number, end: number): number | undefined {
  if (start >= end) return undefined;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
