import t from 'tap';
import { Containers } from '../../src/container/containers.ts';
import type { Container } from '../../src/container/container.ts';

/** A container of which nothing matters but that its cgroup is closed. */
function containerOf(name: string, closed: string[]): Container {
  const cgroup = {
    cpuset: undefined,
    cpuQuota: undefined,
    cpuUsage: undefined,
    tasks: undefined,
    memory: undefined,
    io: undefined,
    pressure: undefined,
    slabinfo: undefined,
    isRoot: false,
    close: () => void closed.push(name),
  };
  return { initPid: 1, initStartTicks: 0, cgroup };
}

t.test('one, several, and as many as are kept', async (t) => {
  const closed: string[] = [];
  const containers = new Containers();
  t.equal(containers.get(''), undefined);
  t.equal(containers.get('a'), undefined);
  const known = new Map(['a', '', 'b'].map((text) => [text, containerOf(text, closed)]));
  for (const [text, container] of known) containers.set(text, container);
  for (const [text, container] of known) t.equal(containers.get(text), container, `'${text}'`);
  t.equal(containers.get('c'), undefined);

  for (let count = 0; count < 300; count++)
    containers.set(`more ${count}`, containerOf(`more ${count}`, closed));
  t.equal(containers.get('a'), known.get('a'), 'the first stays');
  t.equal(closed.length, 302 - 256, 'of the others those that are too many are closed');

  containers.clear();
  t.ok(closed.includes('a'));
  t.equal(new Set(closed).size, 303, 'all are closed');
  t.equal(closed.length, 303, 'once');
  t.equal(containers.get('a'), undefined);
  const again = containerOf('again', closed);
  containers.set('a', again);
  t.equal(containers.get('a'), again);
});
