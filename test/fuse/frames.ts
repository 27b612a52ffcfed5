/** Bytes of annotated hex: everything behind `#` is a comment, white space does not count. */
export function hex(annotated: string): Buffer {
  return Buffer.from(annotated.replace(/#.*$/gm, '').replace(/\s+/g, ''), 'hex');
}

/** A request whose header says how long it is; `body` is annotated hex. */
export function requestFrame(opcode: number, body: string, nodeId = '0100000000000000'): Buffer {
  const payload = hex(body);
  const frame = Buffer.concat([
    hex(`
      00000000          # len, below
      00000000          # opcode, below
      efbeadde 78563412 # unique 0x12345678deadbeef
      ${nodeId}         # nodeid
      e8030000          # uid 1000
      e9030000          # gid 1001
      d2040000          # pid 1234
      0000 0000         # total_extlen, padding
    `),
    payload,
  ]);
  frame.writeUInt32LE(frame.length, 0);
  frame.writeUInt32LE(opcode, 4);
  return frame;
}
