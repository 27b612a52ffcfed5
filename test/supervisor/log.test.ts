import { spawnSync } from 'node:child_process';
import t from 'tap';

const LOG = new URL('../../src/supervisor/log.ts', import.meta.url).href;

/** What a process writes to stderr that logs, and then ends at once without waiting for anything. */
function logged(format: string, level = 'info'): string {
  const script = `import { createLog } from '${LOG}';
    const log = createLog('${level}', ${format});
    log.debug('small');
    log.warn({ path: '/x' }, 'large');
    process.kill(process.pid, 'SIGKILL');`;
  const args = [...process.execArgv, '--input-type=module', '--eval', script];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 }).stderr;
}

t.test('JSON, the default where stderr is no terminal', async (t) => {
  for (const format of ["'json'", 'undefined']) {
    const lines = logged(format).trim().split('\n');
    t.equal(lines.length, 1);
    const line: unknown = JSON.parse(lines[0] ?? '');
    t.match(line, { level: 'warn', path: '/x', msg: 'large', time: /^\d{4}-\d\d-\d\dT/ });
  }
});

t.test('readable', async (t) => {
  t.match(logged("'pretty'"), /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: large\n {4}path: "\/x"\n$/);
});

t.test('levels', async (t) => {
  t.match(logged("'json'", 'debug'), /small[^]*large/);
  t.equal(logged("'json'", 'silent'), '');
});
