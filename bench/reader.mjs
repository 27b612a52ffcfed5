// reader.mjs MODE FILE MILLISECONDS: what reader.c does, for machines without a C compiler. Slower itself, for all peers alike.
import { closeSync, openSync, readSync } from 'node:fs';

const WARM_UP = 20;
const [, , mode, file, millis] = process.argv;
const text = Buffer.alloc(1 << 20);
const fd = mode === 'pread' ? openSync(file, 'r') : -1;
const times = [];
let failed = 0;
let warm = WARM_UP;
let start = performance.now();
const end = start + Number(millis);

for (;;) {
  const before = performance.now();
  if (before > end) break;
  if (readWhole() <= 0) failed += 1;
  const after = performance.now();
  if (warm > 0) {
    warm -= 1;
    start = after;
  } else times.push(after - before);
}
const seconds = (performance.now() - start) / 1e3;
times.sort((a, b) => a - b);
const count = times.length;
const micros = (index) => times[Math.floor(index)] * 1e3;
const [p50, p99, max] = [micros(count / 2), micros(count * 0.99), micros(count - 1)];
console.log(JSON.stringify({ count, failed, seconds, p50, p99, max }));

function readWhole() {
  try {
    if (fd !== -1) return readSync(fd, text, 0, text.length, 0);
    const opened = openSync(file, 'r');
    let total = 0;
    for (let length = -1; length !== 0; total += length)
      length = readSync(opened, text, 0, text.length, null);
    closeSync(opened);
    return total;
  } catch {
    return -1;
  }
}
