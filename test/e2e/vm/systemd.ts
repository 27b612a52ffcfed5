/** What runs inside the virtual machine whose first process is systemd. The tests of the truth are here to share its start. */
import t from 'tap';
t.setTimeout(600_000);
await import('./service.ts');
await import('../truth.test.ts');
await import('../truth-leaks.test.ts');
