// reader.mjs MODE MILLISECONDS WHAT...: what reader.c does, for machines without a C compiler. Slower itself, for all peers alike.
// One mode more, cpus: asks Node's os.cpus().
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { cpus } from 'node:os';

const [, , mode, millis, file, ...args] = process.argv;
const text = Buffer.alloc(1 << 20);
const fd = mode === 'pread' ? openSync(file, 'r') : -1;
const once = {
  open: readWhole,
  first: readWhole,
  pread: () => readSync(fd, text, 0, text.length, 0),
  run() {
    if (spawnSync(file, args, { stdio: 'ignore' }).status !== 0) throw new Error(file);
  },
  cpus,
}[mode];
const times = [];
let failed = 0;
let warm = { first: 0, run: 1 }[mode] ?? 20;
let start = performance.now();

for (;;) {
  const before = performance.now();
  if (before > start + Number(millis) && warm === 0) break;
  const worked = works();
  const after = performance.now();
  if (!worked) failed += 1;
  if (mode === 'first' && !worked) continue;
  if (warm > 0) {
    warm -= 1;
    start = after;
  } else times.push(after - before);
  if (mode === 'first') break;
}
const seconds = (performance.now() - start) / 1e3;
times.sort((a, b) => a - b);
const count = times.length;
if (count === 0) process.exit(1);
const micros = (index) => times[Math.floor(index)] * 1e3;
const [p50, p99, max] = [micros(count / 2), micros(count * 0.99), micros(count - 1)];
const at = Number(process.hrtime.bigint()) / 1e6;
console.log(JSON.stringify({ count, failed, seconds, p50, p99, max, at }));

function works() {
  try {
    once();
    return true;
  } catch {
    return false;
  }
}

function readWhole() {
  const opened = openSync(file, 'r');
  try {
    while (readSync(opened, text, 0, text.length, null) > 0);
  } finally {
    closeSync(opened);
  }
}
