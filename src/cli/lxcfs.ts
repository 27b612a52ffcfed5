import './early-signals.ts';
import './node-version.ts';

/**
 * Entry point of the daemon. The rest is loaded only now, since all static imports are read from disk before the first of
 * them is run, and a signal may come while they are. Syntax that an old Node cannot read must not stand in this file.
 */
void import('./run-lxcfs.ts')
  .then(({ runLxcfs }) => runLxcfs(process.argv.slice(2)))
  // To let the event loop run empty instead would take the handlers away first, and a late signal would kill.
  .then((status) => process.exit(status));
