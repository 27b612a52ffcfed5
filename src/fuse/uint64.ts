const TWO_TO_32 = 0x1_0000_0000;

/** Writes a whole number from 0 to 2^53 - 1 as a little-endian 64-bit field. */
export function writeUint64(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt32LE(value % TWO_TO_32, at);
  buffer.writeUInt32LE(Math.floor(value / TWO_TO_32), at + 4);
}

/** Reads a little-endian 64-bit field; beyond 2^53 - 1 the result is not exact. */
export function readUint64(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at + 4) * TWO_TO_32 + buffer.readUInt32LE(at);
}
