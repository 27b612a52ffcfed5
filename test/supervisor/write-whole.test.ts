import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import t from 'tap';
import { writeWhole } from '../../src/supervisor/write-whole.ts';

t.test('all of a text, also what is no ASCII', async (t) => {
  const path = `${t.testdir()}/log`;
  const fd = openSync(path, 'w');
  writeWhole(fd, 'Größe\n'.repeat(100_000));
  closeSync(fd);
  t.equal(readFileSync(path, 'utf8'), 'Größe\n'.repeat(100_000));
});

t.test('nobody listens', async (t) => {
  const directory = t.testdir();
  spawnSync('mkfifo', [`${directory}/pipe`]);
  // Opened by both sides, so that it can be filled without a reader: O_RDWR does not wait for one.
  const nonBlocking = openSync(`${directory}/pipe`, 0o4002);
  const startMillis = Date.now();
  writeWhole(nonBlocking, 'x'.repeat(1_000_000));
  const tookMillis = Date.now() - startMillis;
  t.ok(tookMillis >= 900 && tookMillis < 5_000, `gives up after a second: ${tookMillis} ms`);
  closeSync(nonBlocking);
});

t.test('a slow reader gets everything', async (t) => {
  const directory = t.testdir();
  spawnSync('mkfifo', [`${directory}/pipe`]);
  const fd = openSync(`${directory}/pipe`, 0o4002);
  const reader = spawn('sh', ['-c', `sleep 0.3; exec head -c 300000 ${directory}/pipe | wc -c`]);
  let count = '';
  reader.stdout.on('data', (data) => (count += String(data)));
  writeWhole(fd, 'x'.repeat(300_000));
  await new Promise((resolve) => reader.once('close', resolve));
  closeSync(fd);
  t.equal(count.trim(), '300000');
});
