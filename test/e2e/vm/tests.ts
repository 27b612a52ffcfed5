/** What runs inside the virtual machine, on cgroup v2: the same tests as outside, in one process, since starting one is slow there. */
import t from 'tap';
t.setTimeout(600_000);
await import('../meminfo.test.ts');
await import('../swap.test.ts');
await import('../cpus.test.ts');
await import('../uptime.test.ts');
await import('../two-containers.test.ts');
await import('../callers.test.ts');
await import('../reading.test.ts');
await import('../runtimes.test.ts');
await import('./engines.ts');
