/*
 * The server takes its orders from the supervisor alone. Signals meant for the daemon may reach it too (Ctrl-C, systemd's
 * control group, a stray kill): they must neither end it nor, for SIGUSR1, open a debugger port.
 */
for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => undefined);
}
