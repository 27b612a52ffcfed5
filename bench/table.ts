/** Lays out rows of texts as a table: the first column to the left, the others to the right, the first row being the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.map((cell, index) => aligned(cell, index, widths[index] ?? 0)).join('  '),
  );
  lines.splice(1, 0, '-'.repeat(lines[0]?.length ?? 0));
  return lines.join('\n');
}

function aligned(cell: string, index: number, width: number): string {
  return index < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
}

/** Columns at the left that hold names. */
const TEXT_COLUMNS = 3;
