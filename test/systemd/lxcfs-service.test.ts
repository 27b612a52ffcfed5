import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const UNIT = readFileSync(`${REPOSITORY}/systemd/lxcfs.service`, 'utf8');

/** Without systemd there is nothing to try the unit on; CI has it. */
const skip =
  !process.env['CI'] && spawnSync('systemd-analyze', ['--version']).status !== 0
    ? 'systemd-analyze is not installed'
    : false;

function analyze(t: Test, ...args: readonly string[]) {
  const directory = t.testdir();
  // Programs where they are here, instead of where an installation puts them.
  writeFileSync(
    `${directory}/lxcfs.service`,
    UNIT.replaceAll(/\b(lxcfs(-toolkit)?) (?=[/ru])/g, `${REPOSITORY}bin/$1 `),
  );
  return spawnSync('systemd-analyze', [...args, `${directory}/lxcfs.service`], { encoding: 'utf8' });
}

t.test('systemd understands every line', { skip }, async (t) => {
  t.match(analyze(t, 'verify', '--man=no'), { status: 0, stdout: '', stderr: '' });
});

t.test('exposure is below 5.0', { skip }, async (t) => {
  const { stdout } = analyze(t, 'security', '--offline=true');
  const score = Number(/Overall exposure level for lxcfs\.service: ([\d.]+)/.exec(stdout)?.[1]);
  t.ok(score < 5, `${score}`);
});

t.test('nothing gives the service a mount namespace, or takes away what it lives on', async (t) => {
  const keys = UNIT.split('\n').flatMap((line) => /^([A-Za-z]+)=/.exec(line)?.[1] ?? []);
  t.ok(keys.includes('ExecStart'));
  const implied =
    /^(Private|ProtectSystem|ProtectHome|ProtectProc|ProcSubset|ProtectKernel|ProtectControlGroups|ReadOnly|ReadWrite|Inaccessible|Exec.*Paths|Bind|TemporaryFileSystem|Root|Mount|DynamicUser|LogNamespace|MemoryDenyWriteExecute)/;
  t.same(
    keys.filter((key) => implied.test(key)),
    [],
  );
  t.match(UNIT, /^CapabilityBoundingSet=.*CAP_SYS_ADMIN.*CAP_SYS_PTRACE/m);
});

t.test('installed below a directory', async (t) => {
  const directory = t.testdir();
  const installed = spawnSync('npm', ['run', '--silent', 'install:systemd'], {
    cwd: REPOSITORY,
    env: { ...process.env, DESTDIR: directory, PREFIX: '/opt/lxcfs' },
    encoding: 'utf8',
  });
  t.equal(installed.status, 0, installed.stderr);
  t.equal(readFileSync(`${directory}/etc/systemd/system/lxcfs.service`, 'utf8'), UNIT);
  for (const program of ['lxcfs', 'lxcfs-toolkit', 'lxcfs-hook']) {
    const link = `${directory}/opt/lxcfs/bin/${program}`;
    t.equal(readlinkSync(link), `${REPOSITORY}bin/${program}`);
    t.ok(existsSync(link), 'leads somewhere');
  }
  t.ok(existsSync(`${directory}/opt/lxcfs/share/man/man8/lxcfs.8`));
});
