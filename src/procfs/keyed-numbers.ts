import { scanNumber } from './scan-number.ts';

/** Numbers by field; those whose line is missing or broken are undefined. */
export type KeyedNumbers<Field extends string> = Readonly<Partial<Record<Field, number | undefined>>>;

/**
 * Makes a parser for files of `key number` lines; `fields` says which keys are wanted, and as which field.
 * Other keys are skipped: each kernel adds some. The kernel writes the same keys in the same order each time, so the parser
 * remembers them and in general has only to look that they are still there.
 *
 * `inactive_file 4096`
 */
export function keyedNumbersParser<Field extends string>(
  fields: Readonly<Record<string, Field>>,
): (text: string) => KeyedNumbers<Field> {
  const fieldOfKey = new Map(Object.entries(fields));
  /** Of each line of the text last seen: its key with the space behind it, and its field. */
  const known: { key: string; field: Field | undefined }[] = [];

  return (text) => {
    const numbers: Partial<Record<Field, number | undefined>> = {};
    let start = 0;
    for (let line = 0; ; line++) {
      const end = text.indexOf('\n', start);
      if (end === -1) return numbers; // what follows the last newline, if anything, is cut short
      let entry = known[line];
      if (entry === undefined || !text.startsWith(entry.key, start)) {
        const key = text.slice(start, text.indexOf(' ', start) + 1);
        entry = { key, field: fieldOfKey.get(key.slice(0, -1)) };
        if (key !== '') known[line] = entry; // any line would start with an empty one
      }
      if (entry.field !== undefined) numbers[entry.field] = scanNumber(text, start + entry.key.length, end);
      start = end + 1;
    }
  };
}
