"""be-hostile.py DIRECTORY DESCRIPTORS: does to the files below DIRECTORY, a mount, what no well-behaved reader does.

Prints JSON: for each attempt the name of the error that came, or what it gave; then waits with DESCRIPTORS files open.
"""
import ctypes
import errno
import fcntl
import json
import mmap
import os
import select
import signal
import struct
import sys
import threading
import time

root, many = sys.argv[1], int(sys.argv[2])
meminfo, mirrored = root + "/proc/meminfo", root + "/sys/devices/system/cpu/modalias"


def attempt(action):
    try:
        return action()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    except ValueError as error:
        return str(error)


def with_file(path, flags, action):
    fd = os.open(path, flags)
    try:
        return action(fd)
    finally:
        os.close(fd)


def written(path):
    return with_file(path, os.O_RDWR, lambda fd: os.write(fd, b"x" * 100))


def polled(fd):
    poll = select.poll()
    poll.register(fd)
    return [events for _, events in poll.poll(1000)]


def killed_mid_read():
    for _ in range(50):
        child = os.fork()
        if child == 0:
            try:
                for _ in range(3):
                    threading.Thread(target=read_on, daemon=True).start()
                read_on()
            finally:
                os._exit(1)
        time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return "killed"


def read_on():
    while True:
        with open(root + "/proc/stat", "rb", buffering=0) as file:
            file.read(7)


def tree_size():
    names = 0
    for _, directories, files in os.walk(root):
        names += len(directories) + len(files)
    return names


def mapped(fd):
    with mmap.mmap(fd, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ) as memory:
        return memory[:8].decode("latin1")


def wait_until(is_so):
    end = time.monotonic() + 10
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, "nothing came")
        time.sleep(0.001)


def read_by_io_uring(fd):
    """One IORING_OP_READ, left to a worker thread of the kernel (linux/io_uring.h)."""
    call = ctypes.CDLL(None, use_errno=True).syscall

    def checked(result):
        if result < 0:
            raise OSError(ctypes.get_errno(), "io_uring")
        return result

    params = ctypes.create_string_buffer(120)
    ring = checked(call(425, 2, params))
    try:
        (array,) = struct.unpack_from("<I", params, 64)
        (tail,) = struct.unpack_from("<I", params, 44)
        (completed,) = struct.unpack_from("<I", params, 84)
        (completions,) = struct.unpack_from("<I", params, 100)
        submission = mmap.mmap(ring, array + 8, offset=0)
        completion = mmap.mmap(ring, completions + 64, offset=0x8000000)
        entries = mmap.mmap(ring, 128, offset=0x10000000)
        buffer = ctypes.create_string_buffer(64)
        asynchronous, read = 16, 22
        struct.pack_into("<BBHiQQIIQ", entries, 0, read, asynchronous, 0, fd, 0, ctypes.addressof(buffer), 8, 0, 0)
        struct.pack_into("<I", submission, array, 0)
        struct.pack_into("<I", submission, tail, 1)
        checked(call(426, ring, 1, 0, 0, None, 0))
        wait_until(lambda: struct.unpack_from("<I", completion, completed)[0] == 1)
        (result,) = struct.unpack_from("<i", completion, completions + 8)
        if result < 0:
            raise OSError(-result, "read")
        return buffer.value.decode()
    finally:
        os.close(ring)


attempts = {
    "write": lambda: written(meminfo),
    "write to a mirrored file": lambda: written(mirrored),
    "open to truncate": lambda: with_file(meminfo, os.O_WRONLY | os.O_TRUNC, lambda fd: "opened"),
    "truncate": lambda: os.truncate(meminfo, 1),
    "truncate an open file": lambda: with_file(meminfo, os.O_WRONLY, lambda fd: os.ftruncate(fd, 0)),
    "truncate to nothing": lambda: os.truncate(meminfo, 0),
    "chmod": lambda: os.chmod(meminfo, 0o777),
    "chown": lambda: os.chown(meminfo, 0, 0),
    "unlink": lambda: os.unlink(meminfo),
    "rename": lambda: os.rename(meminfo, meminfo + "2"),
    "mkdir": lambda: os.mkdir(root + "/proc/new"),
    "rmdir": lambda: os.rmdir(root + "/proc"),
    "create": lambda: os.open(root + "/proc/new", os.O_CREAT | os.O_WRONLY),
    "symlink": lambda: os.symlink("a", root + "/proc/link"),
    "link": lambda: os.link(meminfo, root + "/proc/hard"),
    "utime": lambda: os.utime(meminfo),
    "getxattr": lambda: os.getxattr(meminfo, "user.a"),
    "setxattr": lambda: os.setxattr(meminfo, "user.a", b"b"),
    "no such name": lambda: os.stat(root + "/proc/" + "x" * 255),
    "name too long": lambda: os.stat(root + "/proc/" + "x" * 256),
    "read of a directory": lambda: with_file(root + "/proc", os.O_RDONLY, lambda fd: os.read(fd, 1).decode()),
    "ioctl": lambda: with_file(meminfo, os.O_RDONLY, lambda fd: fcntl.ioctl(fd, 0x1234, b"\0" * 64)),
    "fallocate": lambda: with_file(meminfo, os.O_RDWR, lambda fd: os.posix_fallocate(fd, 0, 4096)),
    "fsync": lambda: with_file(meminfo, os.O_RDONLY, os.fsync),
    "poll": lambda: with_file(meminfo, os.O_RDONLY, polled),
    "pread far beyond the end": lambda: with_file(meminfo, os.O_RDONLY, lambda fd: len(os.pread(fd, 10, 1 << 62))),
    "mmap": lambda: with_file(meminfo, os.O_RDONLY, mapped),
    "pressure trigger": lambda: with_file(
        root + "/proc/pressure/cpu", os.O_RDWR, lambda fd: os.write(fd, b"some 150000 1000000")
    ),
    "io_uring": lambda: with_file(meminfo, os.O_RDONLY, read_by_io_uring),
    "killed mid-read": killed_mid_read,
    "whole tree": tree_size,
}
results = {name: attempt(action) for name, action in attempts.items() if "mmap" not in name}
mapping = os.fork()  # a page that cannot be read is SIGBUS
if mapping == 0:
    os._exit(0 if attempt(attempts["mmap"]) == "MemTotal" else 1)
results["mmap"] = os.waitpid(mapping, 0)[1] & 127
held = []
while len(held) < many:
    held.append(os.open(meminfo, os.O_RDONLY))
    if len(held) % 2 == 0:
        os.read(held[-1], 1)
results["held"] = len(held)
print(json.dumps(results), flush=True)
sys.stdin.read()
