import t from 'tap';
import { parsePidStatus } from '../../src/procfs/status.ts';

const STATUS = `Name:\tsleep
Umask:\t0022
State:\tS (sleeping)
Tgid:\t4711
Ngid:\t0
Pid:\t4712
PPid:\t4700
TracerPid:\t0
Uid:\t0\t0\t0\t0
NStgid:\t4711\t16\t1
NSpid:\t4712\t17\t2
NSpgid:\t4711\t16\t1
VmPeak:\t    2384 kB
`;

t.same(parsePidStatus(STATUS), { threadGroupId: 4711, parentPid: 4700, namespacePids: [4712, 17, 2] });
t.same(
  parsePidStatus(STATUS.replace('NSpid:\t4712\t17\t2', 'NSpid:\t4712'))?.namespacePids,
  [4712],
  'in the namespace of the reader itself',
);
t.equal(parsePidStatus(STATUS.replace(/NSpid.*\n/, '')), undefined, 'kernel before 4.1');
t.equal(parsePidStatus(STATUS.slice(0, STATUS.indexOf('\t17'))), undefined, 'cut short');
t.equal(parsePidStatus(''), undefined);
