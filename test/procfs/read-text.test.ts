import t from 'tap';
import { readText } from '../../src/procfs/read-text.ts';
import { lastingBytes } from '../lasting-bytes.ts';

const directory = t.testdir({ empty: '', text: 'grün\n' });

t.equal(readText(`${directory}/text`), 'grün\n');
t.equal(readText(`${directory}/empty`), '');
t.throws(() => readText(`${directory}/absent`), { code: 'ENOENT' });
t.ok(lastingBytes(() => readText(`${directory}/text`)) < 50);
