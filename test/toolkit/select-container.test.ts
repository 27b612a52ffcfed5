import t from 'tap';
import type { FoundContainer } from '../../src/toolkit/find-containers.ts';
import { selectContainer } from '../../src/toolkit/select-container.ts';

function container(id: string, pid: number): FoundContainer {
  return { id, engine: 'docker', pid, namespaces: [{ mountNamespace: `mnt:[${pid}]`, pid, startTicks: 1 }] };
}

const RUNNING = [container('abc', 1), container('abcd', 2), container('ffff', 3)];

t.test('an exact id, or the only one that it begins', async (t) => {
  t.equal(selectContainer(RUNNING, 'abc').pid, 1, 'exact before prefix');
  t.equal(selectContainer(RUNNING, 'abcd').pid, 2);
  t.equal(selectContainer(RUNNING, 'f').pid, 3);
});

t.test('ambiguous and unknown ids list the candidates', async (t) => {
  t.throws(() => selectContainer(RUNNING, 'ab'), {
    name: 'ContainerIdError',
    message: 'container id ab is ambiguous: it may be abc (docker, pid 1) or abcd (docker, pid 2)',
  });
  t.throws(() => selectContainer(RUNNING, 'x'), {
    message:
      /starts with "x"; running are abc \(docker, pid 1\), abcd \(docker, pid 2\), ffff \(docker, pid 3\)/,
  });
  t.throws(() => selectContainer([], 'x'), { message: /no container is running/, candidates: [] });
  t.throws(() => selectContainer(RUNNING, ''), { name: 'ContainerIdError' }, 'nothing begins everything');
});
