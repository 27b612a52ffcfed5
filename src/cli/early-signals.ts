/**
 * Imported before anything else. Node answers SIGUSR1 with a debugger port, and the kernel SIGUSR2 and SIGHUP with the end,
 * until there is a handler. These do nothing: before the code is loaded there is nothing to reload or to switch.
 * They stay in place beside those that the supervisor adds.
 */
for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** The name under which `pidof lxcfs` finds the daemon; the server calls itself otherwise. */
process.title = 'lxcfs';
