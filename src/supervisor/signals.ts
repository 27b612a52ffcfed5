/** What the daemon does on signals. */
export interface SignalActions {
  /** SIGTERM, SIGINT. */
  readonly end: (signal: NodeJS.Signals) => void;
  /** SIGUSR1. */
  readonly reload: () => void;
  /** SIGUSR2. */
  readonly toggleHostView: () => void;
  /** SIGHUP. */
  readonly hangUp: () => void;
}

/** Obeys the signals for which there are actions from now on; the function returned puts an end to that. */
export function onSignals({ end, reload, toggleHostView, hangUp }: Partial<SignalActions>): () => void {
  const handlers = (
    [
      ['SIGTERM', end],
      ['SIGINT', end],
      ['SIGUSR1', reload],
      ['SIGUSR2', toggleHostView],
      ['SIGHUP', hangUp],
    ] as const
  ).flatMap(([signal, handler]) => (handler === undefined ? [] : [[signal, handler] as const]));
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
