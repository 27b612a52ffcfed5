import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { OciHook } from '../harness/oci-bundle.ts';
import type { Scope } from '../harness/cleanup.ts';
import { daemonPlace, startDaemon } from '../harness/daemon.ts';
import { type Engine, startDocker } from '../harness/docker.ts';
import { HOST_PROGRAMS } from '../harness/host-image.ts';
import { startLxc } from '../harness/lxc.ts';
import { startOciContainer } from '../harness/oci-container.ts';
import { copyDirectories, inOwnWorld } from '../harness/own-world.ts';
import { PODMAN_RUN, startPodman } from '../harness/podman.ts';
import { recipe } from '../harness/recipe.ts';
import { repositoryPath } from '../harness/repository.ts';
import { unable } from '../harness/requirements.ts';
import { output } from '../harness/run.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';
import { LIST_LXCFS } from '../harness/toolkit.ts';

const LIMITED = /^Mem: +256 /m;

await inOwnWorld(import.meta.url, async () => {
  const skip = unable('mounts');
  if (skip !== false) return void t.pass(skip);

  // Everything is where the documentation says, in this world alone.
  await copyDirectories(t, '/etc', '/usr/local', '/usr/share/lxc', '/var/lib');
  for (const program of ['lxcfs-toolkit', 'lxcfs-hook']) {
    await output(['ln', '-sf', repositoryPath('bin', program), `/usr/local/bin/${program}`]);
  }
  mkdirSync('/var/lib/lxcfs', { recursive: true });
  await startDaemon(t, ['--enable-cfs'], { place: { ...daemonPlace(t), mountPoint: '/var/lib/lxcfs' } });

  t.test('Docker', { skip: unable('dockerd') }, async (t) => {
    const docker = await startDocker(t);
    await docker.output('tag', 'host', 'debian');
    const path = pathWith(t, 'docker', docker, ['--network=none', HOST_PROGRAMS]);
    const commands = recipe('README.md', 'docker run -it');
    t.match(await shell(`${commands} free -m`, path), LIMITED);
    t.equal(await shell(`${commands} getconf _NPROCESSORS_ONLN`, path), '2\n', '1.5 CPUs are two');
    const files = (await shell(`${commands} ${quoted(LIST_LXCFS)}`, path)).trim().split('\n');
    t.equal(files.length, 9);
    const compose = readFileSync(repositoryPath('integrations/docker/compose.yaml'), 'utf8');
    const bound = [...compose.matchAll(/- \/var\/lib\/lxcfs(\S+):\1$/gm)].map(([, file = '']) => file);
    t.same(bound.sort(), files.sort(), 'compose.yaml has the same');
  });

  t.test('Podman', { skip: unable('podman') }, async (t) => {
    const podman = await startPodman(t);
    await podman.output('tag', 'host', 'debian');
    const path = pathWith(t, 'podman', podman, [...PODMAN_RUN, HOST_PROGRAMS, '--pull=never']);
    t.match(await shell(recipe('README.md', 'lxcfs-toolkit cdi', /toolkit cdi|podman/), path), LIMITED);
    const byHookAndByCdi = await shell(recipe('integrations/README.md', 'podman run --device'), path);
    t.equal(byHookAndByCdi.match(/^Mem: +256 /gm)?.length, 2);
  });

  t.test("iSulad's hook specification, by runc", { skip: unable('runc') }, async (t) => {
    await shell(recipe('README.md', 'isula run', /^install.*isulad/));
    const text = readFileSync('/var/lib/isulad/hooks/hookspec.json', 'utf8');
    const hooks: Record<string, OciHook[]> = JSON.parse(text);
    const limits = { memoryBytes: 256 * 1024 * 1024 };
    const container = await startOciContainer(t, { runtime: 'runc', limits, hooks });
    t.match(await container.output(0, ['free', '-m']), LIMITED);
  });

  t.test('LXC', { skip: unable('lxc-start') }, async (t) => {
    rmSync('/usr/share/lxc/config/common.conf.d/00-lxcfs.conf', { force: true }); // Debian's own hook
    await shell(recipe('README.md', 'integrations/lxc', /^install.*integrations\/lxc/));
    const container = await startLxc(t, '', false);
    t.match(await container.output('free', '-m'), LIMITED);
    t.equal((await container.output(...LIST_LXCFS)).trim().split('\n').length, 13);
  });
});

/** Runs commands as they stand in the documentation, in the root directory of the repository. */
function shell(commands: string, path = process.env['PATH']): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', PATH: path };
  return output(['sh', '-ec', commands], { cwd: repositoryPath(), env, limitMillis: 60_000 });
}

/**
 * A search path that begins with the engine's command as `name`: that of this test, with these options for `run`, since the
 * machine has neither networks nor images, and without a terminal.
 */
function pathWith(scope: Scope, name: string, engine: Engine, runOptions: readonly string[]): string {
  const directory = temporaryDirectory(scope);
  const script = `#!/bin/sh
for argument; do
  shift
  case $argument in
    -it) ;;
    run) set -- "$@" run ${quoted(runOptions)} ;;
    *) set -- "$@" "$argument" ;;
  esac
done
PATH=${process.env['PATH']} exec ${quoted(engine.command)} "$@"
`;
  writeFileSync(join(directory, name), script, { mode: 0o755 });
  return `${directory}:${process.env['PATH']}`;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}
