/** Columns at the left that hold names, as a rule. */
const TEXT_COLUMNS = 3;
const MOST_DASHES = 128;

/** Lays out rows of texts as a table, the first row being the head: so many columns to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], textColumns = TEXT_COLUMNS): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  const aligned = (cell: string, index: number): string =>
    index < textColumns ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
  const lines = rows.map((row) => row.map(aligned).join('  ').trimEnd());
  lines.splice(1, 0, '-'.repeat(Math.min(MOST_DASHES, Math.max(...lines.map(({ length }) => length)))));
  return lines.join('\n');
}
