/** Numbers by field; those whose line is missing or broken are undefined. */
export type KeyedNumbers<Field extends string> = Readonly<Partial<Record<Field, number | undefined>>>;

interface Key<Field> {
  /** With the space behind it. */
  readonly bytes: Uint8Array;
  readonly field: Field | undefined;
}

const NEWLINE = 10;
const SPACE = 32;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * Makes a parser for files of `key number` lines; `fields` says which keys are wanted, and as which field.
 * Other keys are skipped: each kernel adds some. The kernel writes the same keys in the same order each time, so the parser
 * remembers them and in general has only to look that they are still there. It goes over bytes, in less than half the time
 * that a string of them would take.
 *
 * `inactive_file 4096`
 */
export function keyedNumbersParser<Field extends string>(
  fields: Readonly<Record<string, Field>>,
): (text: Buffer) => KeyedNumbers<Field> {
  const fieldOfKey = new Map(Object.entries(fields));
  /** Of each line of the text last seen. */
  const known: Key<Field>[] = [];

  return (text) => {
    const numbers: Partial<Record<Field, number | undefined>> = {};
    let at = 0;
    for (let line = 0; ; line++) {
      let key = known[line];
      if (key === undefined || !isAt(text, at, key.bytes)) {
        const bytes = keyAt(text, at);
        key = { bytes, field: fieldOfKey.get(bytes.toString('latin1', 0, bytes.length - 1)) };
        if (bytes.length > 0) known[line] = key; // any line would start with an empty one
      }
      at += key.bytes.length;
      let isNumber = text[at] !== NEWLINE;
      let number = 0;
      for (; ; at++) {
        if (at >= text.length) return numbers; // what follows the last newline, if anything, is cut short
        const byte = text[at] ?? 0;
        if (byte === NEWLINE) break;
        if (byte < DIGIT_0 || byte > DIGIT_9) isNumber = false;
        number = number * 10 + (byte - DIGIT_0);
      }
      if (key.field !== undefined) numbers[key.field] = isNumber ? number : undefined;
      at++;
    }
  };
}

function isAt(text: Buffer, start: number, bytes: Uint8Array): boolean {
  let index = 0;
  while (index < bytes.length && text[start + index] === bytes[index]) index++;
  return index === bytes.length;
}

/** A copy of the line's key and the space behind it; empty where there is none. */
function keyAt(text: Buffer, start: number): Buffer {
  let end = start;
  while (end < text.length && text[end] !== SPACE && text[end] !== NEWLINE) end++;
  return Buffer.from(text[end] === SPACE ? text.subarray(start, end + 1) : '');
}
