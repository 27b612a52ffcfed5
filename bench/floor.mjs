#!/usr/bin/env node
// floor.mjs [options] MOUNTPOINT: a file system with the transport of lxcfs, each of whose files shows the same constant text.
// What it takes is the floor below which no file of lxcfs can come. It takes the options of lxcfs and ignores them.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { OUT_HEADER_SIZE } from '../dist/fuse/abi.js';
import { DeviceChannel } from '../dist/fuse/channel.js';
import { unmountFuse } from '../dist/fuse/mount.js';
import { Reply } from '../dist/fuse/reply.js';
import { DIRECTORY_MODE, FILE_MODE } from '../dist/filesystem/mode.js';
import { FIXED_NODES } from '../dist/filesystem/nodes.js';
import { dispatch } from '../dist/server/dispatch.js';
import { connect } from '../dist/supervisor/connect.js';

const THREADS = 2;
const TEXT = Buffer.from('Constant:         262144 kB\n'.repeat(50));

/** As much of a file system as reading needs. */
const constantFileSystem = {
  lookup(parentId, name) {
    const parent = FIXED_NODES.find(({ id }) => id === parentId);
    const path = parent.path === '' ? name : `${parent.path}/${name}`;
    return found(FIXED_NODES.find((node) => node.path === path));
  },
  attributes: (nodeId) => found(FIXED_NODES.find(({ id }) => id === nodeId)),
  open: () => 1,
  release: () => undefined,
  read(_nodeId, _handle, offset, size, _asker, buffer) {
    return TEXT.copy(buffer, OUT_HEADER_SIZE, offset, offset + size);
  },
};

if (isMainThread) await main();
else serve(workerData);

async function main() {
  const mountPoint = process.argv.at(-1);
  const { fd } = await connect(mountPoint);
  const threads = [];
  while (threads.length < THREADS) threads.push(new Worker(new URL(import.meta.url), { workerData: fd }));
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => unmountFuse(mountPoint, { lazy: true })); // which ends the threads, and so this process
  }
}

function serve(fd) {
  const channel = new DeviceChannel(fd);
  const reply = new Reply(128 * 1024);
  for (let request = channel.receive(); request !== undefined; request = channel.receive()) {
    const outcome = dispatch(request, reply, constantFileSystem, console.error);
    if (outcome === 'reply') channel.send(reply);
  }
}

/** An unknown name is node 0, which the kernel takes as a missing one. */
function found(node = { id: 0, kind: 'view' }) {
  const isDirectory = node.kind === 'directory';
  return {
    attributes: {
      nodeId: node.id,
      mode: isDirectory ? DIRECTORY_MODE : FILE_MODE,
      sizeBytes: 0,
      linkCount: isDirectory ? 2 : 1,
    },
    validity: { entrySeconds: 3600, attributeSeconds: 3600 },
  };
}
