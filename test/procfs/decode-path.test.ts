import t from 'tap';
import { decodePath } from '../../src/procfs/decode-path.ts';

t.equal(decodePath('/docker/3f2a'), '/docker/3f2a');
t.equal(decodePath('/gr\xc3\xb6\xc3\x9fe'), '/größe');
t.equal(decodePath(''), '');
