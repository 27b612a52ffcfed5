import t from 'tap';
import {
  type LoadRecord,
  formatRecord,
  nextRecord,
  parseRecord,
  renderLoad,
} from '../../src/load/load-record.ts';
import { lastingBytes } from '../lasting-bytes.ts';

const RECORD: LoadRecord = {
  loads: [634, 245, 81],
  running: 1,
  blocked: 0,
  total: 5,
  lastPid: 17,
  steppedAtMillis: 910110,
};

t.equal(renderLoad(RECORD), '0.31 0.12 0.04 1/5 17\n');
t.equal(formatRecord(RECORD), '634 245 81 1 0 5 17 910110\n');
t.same(parseRecord('634 245 81 1 0 5 17 910110\n'), RECORD);
for (const text of [
  '',
  '\n',
  '634 245 81 1 0 5 17 910110',
  '634 245 81 1 0 5 17\n',
  '634 x 81 1 0 5 17 9\n',
  '-1 1 1 1 1 1 1 1\n',
]) {
  t.equal(parseRecord(text), undefined, JSON.stringify(text));
}

const COUNT = { running: 1, blocked: 1, total: 7, lastPid: 23 };

t.same(
  nextRecord(undefined, COUNT, 1000),
  { ...COUNT, loads: [4096, 4096, 4096], steppedAtMillis: 1000 },
  'the first: running and blocked tasks count',
);
t.same(
  nextRecord(RECORD, COUNT, 910110 + 4999),
  { ...COUNT, loads: [634, 245, 81], steppedAtMillis: 910110 },
  'nothing is due: only the counts are new',
);
t.same(
  nextRecord(RECORD, COUNT, 910110 + 12_000).steppedAtMillis,
  910110 + 10_000,
  'two steps are due, and the rest of the time is not lost',
);
t.equal(nextRecord(RECORD, { ...COUNT, lastPid: undefined }, 910110).lastPid, 17, 'the last task has ended');
t.same(nextRecord(RECORD, COUNT, 5).loads, [4096, 4096, 4096], 'a record of an earlier boot');

let record = nextRecord(undefined, COUNT, 1000);
const next = (): LoadRecord => (record = nextRecord(record, COUNT, record.steppedAtMillis + 5000));
t.ok(lastingBytes(next) < 50, 'records are of one shape');
