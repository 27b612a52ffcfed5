import t from 'tap';
import { Recent } from '../../src/container/recent.ts';

function recentOf(limit: number, dead: Set<string>): { recent: Recent<number, string>; gone: string[] } {
  const gone: string[] = [];
  const recent = new Recent<number, string>({
    limit,
    isAlive: (value) => !dead.has(value),
    letGo: (value) => gone.push(value),
  });
  return { recent, gone };
}

t.test('the dead become fewer with each that comes', async (t) => {
  const dead = new Set<string>();
  const { recent, gone } = recentOf(10_000, dead);
  for (let key = 0; key < 1000; key++) {
    recent.set(key, `process ${key}`);
    dead.add(`process ${key - 1}`); // each ends before the next begins
  }
  t.ok(recent.size < 50, `${recent.size} are kept`);
  t.equal(gone.length, 1000 - recent.size, 'the others were let go, once each');
  t.equal(recent.get(999), 'process 999');
});

t.test('the living stay, up to the limit', async (t) => {
  const { recent, gone } = recentOf(100, new Set());
  for (let key = 0; key < 100; key++) recent.set(key, `process ${key}`);
  t.equal(recent.size, 100);
  t.same(gone, []);
  recent.set(100, 'one more');
  t.equal(recent.size, 100);
  t.equal(gone.length, 1);
});

t.test('a key that comes again lets its old value go', async (t) => {
  const { recent, gone } = recentOf(10, new Set());
  recent.set(1, 'old');
  recent.set(1, 'new');
  t.same(gone, ['old']);
  recent.delete(1);
  recent.delete(1);
  t.same(gone, ['old', 'new']);
});

t.test('clear', async (t) => {
  const { recent, gone } = recentOf(10, new Set());
  recent.set(1, 'a');
  recent.set(2, 'b');
  recent.clear();
  t.equal(recent.size, 0);
  t.same(gone.sort(), ['a', 'b']);
});
