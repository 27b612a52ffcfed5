import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { LoadDirectory } from '../../src/load/load-directory.ts';
import { LoadSampler } from '../../src/load/load-sampler.ts';

const STAT = '(init) R 0 17 17 0 -1 4194560 162 0 0 0 0 0 0 0 20 0 1 0 10 2424832 224\n';

function samplerIn(root: string): { loads: LoadDirectory; sampler: LoadSampler; failures: string[] } {
  const loads = new LoadDirectory(`${root}/state`, root);
  const failures: string[] = [];
  return { loads, sampler: new LoadSampler(loads, (name) => failures.push(name)), failures };
}

t.test(
  'a container that asked is sampled, one that has not for long is not, one that ended is forgotten',
  async (t) => {
    const root = t.testdir({
      proc: { 100: { stat: `100 ${STAT}` } },
      a: { tasks: '100\n' },
      b: { tasks: '100\n' },
    });
    const { loads, sampler, failures } = samplerIn(root);
    const group = { root, initPid: 100, listName: 'tasks' } as const;
    loads.request('asked', { ...group, directory: `${root}/a` });
    loads.request('long-ago', { ...group, directory: `${root}/b` });
    loads.request('ended', { ...group, directory: `${root}/c d` });
    utimesSync(`${root}/state/load/long-ago.request`, 1000, 1000);

    await sampler.pass();
    t.same(loads.read('asked')?.loads, [2048, 2048, 2048]);
    t.equal(loads.read('long-ago'), undefined);
    t.equal(existsSync(`${root}/state/load/ended.request`), false);
    t.same(failures, []);
  },
);

t.test('garbage among the files', async (t) => {
  const root = t.testdir({
    proc: { 100: { stat: `100 ${STAT}` } },
    a: { tasks: '100\n' },
    state: { load: { 'x.request': 'garbage\n', 'y.request': '' } },
  });
  const { loads, sampler, failures } = samplerIn(root);
  loads.request('asked', { root, initPid: 100, listName: 'tasks', directory: `${root}/a` });
  writeFileSync(`${root}/state/load/asked.load`, 'garbage\n');
  await sampler.pass();
  t.same(loads.read('asked')?.loads, [2048, 2048, 2048], 'is seeded anew');
  t.same(failures, []);
});

t.test('no directory yet', async (t) => {
  const { sampler, failures } = samplerIn(t.testdir({}));
  await sampler.pass();
  t.same(failures, []);
});

t.test('other things have their turns during a pass', async (t) => {
  const root = t.testdir({ proc: { 100: { stat: `100 ${STAT}` } }, a: { tasks: '100\n' } });
  const { loads, sampler } = samplerIn(root);
  const names = Array.from({ length: 500 }, (_, index) => `container-${index}`);
  for (const name of names)
    loads.request(name, { root, initPid: 100, listName: 'tasks', directory: `${root}/a` });
  let turns = 0;
  const count = (): void => {
    turns++;
    pending = setImmediate(count);
  };
  let pending = setImmediate(count);
  await sampler.pass();
  clearImmediate(pending);
  t.ok(turns >= 3, `${turns} turns`);
});
