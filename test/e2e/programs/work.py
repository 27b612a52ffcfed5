"""work.py: does what the lines of standard input say, one after the other, and after each says how much CPU time it took, in seconds.

use BYTES          touches so much memory, and keeps it
write FILE BYTES   writes so much to a new file
read FILE BYTES    reads so much of it
burn SECONDS WALL  uses so much CPU time, spread over WALL seconds or more
pin CPU            from now on runs on this CPU alone
"""
import os
import sys
import time

kept = []


def use(size):
    memory = bytearray(int(size))
    memory[::4096] = b"1" * len(memory[::4096])
    kept.append(memory)


def write(path, size):
    with open(path, "wb", buffering=0) as file:
        for _ in range(int(size) >> 20):
            file.write(bytes(1 << 20))


def read(path, size):
    file = open(path, "rb", buffering=0)
    kept.append(file)  # with the last descriptor the page cache of a disk goes, too
    for _ in range(int(size) >> 20):
        file.read(1 << 20)


def burn(seconds, wall):
    start, began = time.process_time(), time.monotonic()
    share = float(seconds) / float(wall)
    while (used := time.process_time() - start) < float(seconds):
        ahead = used / share - (time.monotonic() - began)
        if ahead > 0.01:
            time.sleep(ahead)


def pin(cpu):
    os.sched_setaffinity(0, {int(cpu)})


work = {"use": use, "write": write, "read": read, "burn": burn, "pin": pin}
print("ready", flush=True)
for line in sys.stdin:
    name, *arguments = line.split()
    before = time.process_time()
    work[name](*arguments)
    print(time.process_time() - before, flush=True)
