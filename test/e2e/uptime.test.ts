import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startContainer } from './harness/container.ts';
import { slowness } from './harness/pace.ts';
import { uptimeSeconds } from './harness/proc-text.ts';
import { parseText, program } from './harness/programs.ts';
import { unable } from './harness/requirements.ts';
import { output } from './harness/run.ts';
import { sharedDaemon } from './harness/shared-daemon.ts';

t.test('age of a container', { skip: unable('mounts') }, async (t) => {
  const daemon = await sharedDaemon();
  const uptime = daemon.path('proc/uptime');

  t.test('it counts from the start of the init', async (t) => {
    const before = Date.now();
    const container = await startContainer(t, {});
    const started = Date.now();
    await sleep(1500);
    const earliest = Date.now();
    const text = await container.output(['cat', uptime]);
    const { age } = uptimeSeconds(text);
    t.match(text, /^\d+\.\d\d \d+\.\d\d\n$/);
    // starttime has the resolution of a tick
    t.ok(age >= (earliest - started) / 1000 - 0.02, `${age} s, though ${earliest - started} ms passed`);
    t.ok(
      age <= (Date.now() - before) / 1000 + 0.02,
      `${age} s, though only ${Date.now() - before} ms passed`,
    );
  });

  t.test('it never goes back', async (t) => {
    const container = await startContainer(t, {});
    const reader = container.start(t, program('keep-open', uptime));
    await reader.nextLine();
    const ages: number[] = [];
    const idles: number[] = [];
    for (let count = 0; count < 300 / slowness; count += 1) {
      reader.send('again');
      const { age, idle } = uptimeSeconds(parseText(await reader.nextLine()));
      ages.push(age);
      idles.push(idle);
    }
    t.same(
      ages,
      ages.toSorted((a, b) => a - b),
      'age',
    );
    t.same(
      idles,
      idles.toSorted((a, b) => a - b),
      'idle',
    );
    t.ok(Math.min(...idles) >= 0);
  });

  t.test('a younger container is younger', async (t) => {
    const older = await startContainer(t, {});
    await sleep(500 * slowness);
    const younger = await startContainer(t, {});
    const { age: youngerAge } = uptimeSeconds(await younger.output(['cat', uptime]));
    const { age: olderAge } = uptimeSeconds(await older.output(['cat', uptime]));
    t.ok(olderAge >= youngerAge + 0.5 * slowness - 0.02, `${olderAge} s and ${youngerAge} s`);
  });

  t.test('a reader in the namespace of the daemon gets the uptime of the host', async (t) => {
    const { age: before } = uptimeSeconds(readFileSync('/proc/uptime', 'latin1'));
    const { age } = uptimeSeconds(await output(['cat', uptime]));
    t.ok(age >= before - 0.01 && age < before + 10 * slowness, `${age} s after ${before} s`);
  });
});
