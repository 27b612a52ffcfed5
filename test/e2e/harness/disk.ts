import { spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { atEnd, type Scope } from './cleanup.ts';
import { output } from './run.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A disk of a test's own. */
export interface TestDisk {
  /** `/dev/loop4` */
  readonly path: string;
  /** `loop4` */
  readonly name: string;
  /** Its device number: `7:4`. */
  readonly device: string;
}

/** Makes a disk of so many MiB out of a file; it goes at the test's end. */
export async function makeDisk(t: Scope, mebibytes: number): Promise<TestDisk> {
  const file = join(temporaryDirectory(t), 'disk');
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 1024 * 1024);
  const path = (await output(['losetup', '--find', '--show', file])).trim();
  atEnd(t, () => {
    const { status, stderr } = spawnSync('losetup', ['--detach', path], {
      timeout: 10_000,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`losetup --detach ${path}: ${stderr}`);
  });
  const name = basename(path);
  return { path, name, device: readFileSync(`/sys/block/${name}/dev`, 'latin1').trim() };
}
