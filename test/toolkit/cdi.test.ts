import t from 'tap';
import { cdiSpecification } from '../../src/toolkit/cdi.ts';

const HOOK = { path: '/usr/bin/node', args: ['node', '/opt/lxcfs/dist/cli/lxcfs-hook.js'] };
const HOOKS = [{ hookName: 'createContainer', ...HOOK, timeout: 10 }];

t.test('mounts for what runc allows, a hook for the rest', async (t) => {
  const specification = cdiSpecification('/var/lib/lxcfs', HOOK, false);
  t.match(specification, {
    cdiVersion: '0.5.0',
    kind: 'lxcfs/files',
    devices: [{ name: 'all', containerEdits: { hooks: HOOKS } }],
  });
  const paths = [...JSON.stringify(specification).matchAll(/"containerPath":"([^"]+)"/g)].map(
    ([, path]) => path,
  );
  t.same(paths, [
    '/proc/cpuinfo',
    '/proc/diskstats',
    '/proc/loadavg',
    '/proc/meminfo',
    '/proc/slabinfo',
    '/proc/stat',
    '/proc/swaps',
    '/proc/uptime',
    '/sys/devices/system/cpu',
  ]);
});

t.test('by the hook alone', async (t) => {
  t.same(cdiSpecification('/var/lib/lxcfs', HOOK, true), {
    cdiVersion: '0.5.0',
    kind: 'lxcfs/files',
    devices: [{ name: 'all', containerEdits: { hooks: HOOKS } }],
  });
});
