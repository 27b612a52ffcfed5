// reader.mjs MODE FILE MILLISECONDS: what reader.c does, for machines without a C compiler. Slower itself, for all peers alike.
import { closeSync, openSync, readSync } from 'node:fs';

const WARM_UP = 100;
const [, , mode, file, millis] = process.argv;
const text = Buffer.alloc(1 << 20);
const fd = mode === 'pread' ? openSync(file, 'r') : -1;
const nanos = [];
let failed = 0;
let warm = WARM_UP;
let start = process.hrtime.bigint();
const end = start + BigInt(millis) * 1_000_000n;

for (;;) {
  const before = process.hrtime.bigint();
  if (before > end) break;
  if (readWhole() <= 0) failed += 1;
  const after = process.hrtime.bigint();
  if (warm > 0) {
    warm -= 1;
    start = after;
  } else nanos.push(Number(after - before));
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
nanos.sort((a, b) => a - b);
const count = nanos.length;
const micros = (index) => nanos[Math.floor(index)] / 1e3;
const [p50, p99, max] = [micros(count / 2), micros(count * 0.99), micros(count - 1)];
console.log(JSON.stringify({ count, failed, seconds, p50, p99, max }));

function readWhole() {
  try {
    if (fd !== -1) return readSync(fd, text, 0, text.length, 0);
    const opened = openSync(file, 'r');
    let total = 0;
    for (let length = -1; length !== 0; total += length) length = readSync(opened, text, 0, text.length, null);
    closeSync(opened);
    return total;
  } catch {
    return -1;
  }
}
