import t from 'tap';
import { readRecords, readValue } from '../../src/cgroup/read-value.ts';
import { DescriptorPool, KernelFile } from '../../src/procfs/kernel-file.ts';

t.test('a value that cannot be read is no reason to fail', (t) => {
  const root = t.testdir({ value: '12\n', directory: {} });
  const pool = new DescriptorPool(10);
  t.equal(readValue(new KernelFile(root, 'value', pool)), '12\n');
  t.equal(readRecords(new KernelFile(root, 'value', pool)), '12\n');
  t.equal(readValue(new KernelFile(root, 'absent', pool)), undefined);
  t.equal(readValue(new KernelFile(root, 'directory', pool)), undefined, 'EISDIR');
  t.equal(readRecords(new KernelFile(root, 'directory', pool)), undefined, 'EISDIR');
  t.end();
});

t.test('but running out of descriptors is', (t) => {
  const root = t.testdir({ value: '12\n' });
  const full = new DescriptorPool(10);
  full.add = () => {
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
  t.throws(() => readValue(new KernelFile(root, 'value', full)), { code: 'EMFILE' });
  t.end();
});
