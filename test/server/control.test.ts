import t from 'tap';
import { Control } from '../../src/server/control.ts';

t.test('the gate', async (t) => {
  const control = Control.forThreads(2);
  t.equal(control.open, false);
  control.letFirstGo();
  control.waitForGo(0); // returns: the first thread may go
  t.equal(control.open, false, 'the others wait for it');
  control.letAllGo();
  control.waitForGo(1);
  t.equal(control.open, true);
});

t.test('stopping opens the gate, so that no thread waits for ever', async (t) => {
  const control = Control.forThreads(2);
  control.stop();
  control.waitForGo(1);
  t.equal(control.stopping, true);
});

t.test('all threads see the same', async (t) => {
  const main = Control.forThreads(2);
  const thread = new Control(main.memory);
  main.hostView = true;
  t.equal(thread.hostView, true);
  thread.enter(1, 19);
  t.equal(main.workOf(0), undefined);
  const work = main.workOf(1);
  t.equal(work?.node, 19);
  t.ok(work !== undefined && work.millis >= -1 && work.millis < 1000, `${work?.millis} ms`);
  thread.leave(1);
  t.equal(main.workOf(1), undefined);
});
