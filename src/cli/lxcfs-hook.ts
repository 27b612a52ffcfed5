import { parseArgs } from 'node:util';
import { hookMain } from './hook-main.ts';

// What else is given, such as the words that LXC adds, is no reason to keep a container from starting.
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { strict: { type: 'boolean' }, lxcfs: { type: 'string' }, log: { type: 'string' } },
  strict: false,
  allowPositionals: true,
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

process.exit(
  await hookMain({
    strict: values['strict'] === true,
    directory: textOf(values['lxcfs']),
    logFile: textOf(values['log']),
  }),
);
