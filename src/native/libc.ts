import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import type { LibraryHandle } from 'koffi';

/** What a C function takes here: an int or long, a path, a buffer, or NULL. */
export type NativeArgument = number | string | Uint8Array | null;

/** A system call that failed: which, on what, and the kernel's reason as `code` (`EPERM`) like Node's own errors. */
export class SystemCallError extends Error {
  readonly code: string;
  readonly syscall: string;

  constructor(syscall: string, code: string, args: readonly NativeArgument[]) {
    super(`${syscall}(${args.map(textOf).join(', ')}): ${code}`);
    this.name = 'SystemCallError';
    this.code = code;
    this.syscall = syscall;
  }
}

/**
 * A function of the C library that answers -1 and errno on failure, which becomes a {@link SystemCallError}.
 * `parameters` and `result` are C types as koffi writes them. koffi and the function are looked up at the first call.
 */
export function libcFunction(
  name: string,
  parameters: readonly string[],
  result: 'int' | 'long' = 'int',
): (...args: NativeArgument[]) => number {
  let call: ReturnType<LibraryHandle['func']> | undefined;
  return (...args) => {
    const { library, errno } = load();
    call ??= library.func(name, result, [...parameters]);
    const value: unknown = call(...args);
    if (typeof value === 'number' && value !== -1) return value;
    throw new SystemCallError(name, getSystemErrorName(-errno()), args);
  };
}

/** A system call for which the C library may lack a wrapper, by its number (one for all architectures since Linux 5.0). */
export function numberedSystemCall(
  name: string,
  number: number,
  parameters: readonly string[],
): (...args: NativeArgument[]) => number {
  const call = libcFunction('syscall', ['long', ...parameters], 'long');
  return (...args) => {
    try {
      return call(number, ...args);
    } catch (error) {
      throw error instanceof SystemCallError ? new SystemCallError(name, error.code, args) : error;
    }
  };
}

interface NativeLibrary {
  readonly library: LibraryHandle;
  readonly errno: () => number;
}

let loaded: NativeLibrary | undefined;

/** The C library that Node itself runs on, glibc or musl. */
function load(): NativeLibrary {
  if (loaded === undefined) {
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
    loaded = { library: koffi.load(null), errno: () => koffi.errno() };
  }
  return loaded;
}

function textOf(argument: NativeArgument): string {
  return argument instanceof Uint8Array ? `[${argument.length} bytes]` : JSON.stringify(argument);
}
