import { closeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { unmountFuse } from '../fuse/mount.ts';
import { startHousekeeping } from './housekeeping.ts';
import { Keeper } from './keeper.ts';
import type { LxcfsOptions } from './lxcfs-options.ts';
import { type ObtainedMount, obtainMount } from './obtain-mount.ts';
import { prepareStart } from './prepare-start.ts';
import { notifyReady } from './readiness.ts';
import { Servers } from './servers.ts';
import { onSignals } from './signals.ts';
import { withTimeLimit } from './time-limit.ts';
import { startWatchdog } from './watchdog.ts';

/** Set by tests to have lost requests answered the way that kernels before 6.9 need. */
const NO_RESEND = 'LXCFS_NO_RESEND';
const READY_LIMIT_MILLIS = 30_000;

/** The daemon's life from start to end; returns its exit status. Throws {@link StartError} where it cannot start. */
export async function runSupervisor(options: LxcfsOptions, log: Logger): Promise<number> {
  const startedAt = performance.now();
  const end = new Ending();
  // From the first moment: who mounts must also be asked to end in good order.
  const stopListening = onSignals({ end: (signal) => end.ask(signal) });
  const prepared = await prepareStart(options, log);
  try {
    const mount = await obtainMount(prepared, log);
    await serve(options, prepared.mountPoint.path, mount, end, startedAt, log);
    log.info('ended');
    return 0;
  } finally {
    prepared.pidFile.remove();
    stopListening();
  }
}

/** The wish that the daemon ends, which may come before there is anything to end. */
class Ending {
  readonly asked: Promise<string>;
  #resolve: ((reason: string) => void) | undefined;

  constructor() {
    this.asked = new Promise((resolve) => (this.#resolve = resolve));
  }

  ask(reason: string): void {
    this.#resolve?.(reason);
  }
}

/** Serves a mounted connection until a signal or an unmount from outside ends it; afterwards nothing is mounted. */
async function serve(
  options: LxcfsOptions,
  mountPoint: string,
  mount: ObtainedMount,
  end: Ending,
  startedAt: number,
  log: Logger,
): Promise<void> {
  const { connection, stateDirectory } = mount;
  const { protocol, canResend } = connection.session;
  // Until a server of this supervisor serves, an adopted mount is another's, which a failing start must not take away.
  let mine = mount.predecessor === undefined;
  const keeper = new Keeper(connection.fd, stateDirectory, log);
  if (mine) keeper.record();
  const servers = new Servers(
    {
      fuseFd: connection.fd,
      config: {
        mountPoint,
        stateDirectory,
        threads: options.threads ?? Math.min(4, Math.max(2, availableParallelism())),
        protocol,
        canResend: canResend && process.env[NO_RESEND] === undefined,
        trace: options.debug,
        view: options.view,
      },
      log,
      lifeline: () => keeper.lifeline,
      onUnmounted: () => end.ask('unmounted from outside'),
    },
    mount,
  );
  const { enableLoadavg } = options.view;
  const stopHousekeeping = startHousekeeping({ stateDirectory, enableLoadavg, log });
  const stopWatchdog = startWatchdog(mountPoint, () => servers.replaceHung());
  const stopListening = onSignals({
    reload: () => void servers.reload().catch((error: unknown) => log.error({ err: error }, 'reload failed')),
    toggleHostView: () => {
      servers.hostView = !servers.hostView;
      log.warn(
        { hostView: servers.hostView },
        servers.hostView ? 'everybody is shown the host' : 'containers are shown their own view',
      );
    },
    hangUp: () => log.info('SIGHUP: nothing to reopen'),
  });
  try {
    await Promise.race([servers.begun, end.asked]);
    mine = true;
    keeper.record();
    await Promise.race([answers(mountPoint), end.asked]);
    log.info({ server: servers.pid, startMillis: Math.round(performance.now() - startedAt) }, 'ready');
    const problem = await notifyReady(process.pid);
    if (problem !== undefined) log.warn(problem);
    log.info({ reason: await end.asked }, 'ending');
  } finally {
    stopWatchdog();
    if (mine) await endServing(servers, mountPoint, log);
    else servers.abandon();
    keeper.end();
    // No process has what is mine now: what still waits for an answer fails, so that nothing here waits for it either.
    closeSync(connection.fd);
    stopListening();
    stopHousekeeping();
  }
}

/** Resolves when the tree answers; asynchronous, and asked of a server that is another process. */
async function answers(mountPoint: string): Promise<void> {
  const answered = await withTimeLimit(statfs(mountPoint), READY_LIMIT_MILLIS, undefined);
  if (answered === undefined)
    throw new Error(`${mountPoint} does not answer within ${READY_LIMIT_MILLIS / 1000} s`);
}

/** Unmounts while the server still answers; where the mount is in use, that is left to those who use it. */
async function endServing(servers: Servers, mountPoint: string, log: Logger): Promise<void> {
  const busy = await unmountFuse(mountPoint, { lazy: false }).then(
    () => false,
    (error: unknown) => {
      log.debug({ error: String(error) }, 'not unmounted at once');
      return true;
    },
  );
  await servers.end();
  if (busy) {
    await unmountFuse(mountPoint, { lazy: true }).catch((error: unknown) =>
      log.debug({ error: String(error) }, 'nothing to unmount'),
    );
  }
}
