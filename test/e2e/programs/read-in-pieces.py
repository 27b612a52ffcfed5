"""read-in-pieces.py FILE...: reads each file in many ways, and says in which ways the pieces did not fit.

What a read at offset 0 begins, every later read on that descriptor continues: it must be one text, whatever the pieces.
Prints JSON: for each file the number of ways tried, the length of the text and the complaints.
"""
import json
import os
import sys

MEGABYTE = 1 << 20


def sequence(fd, size):
    return b"".join(iter(lambda: os.read(fd, size), b""))


def check(path):
    complaints, ways = [], 0

    def expect(way, found, wanted):
        nonlocal ways
        ways += 1
        if found != wanted:
            complaints.append("%s: %r instead of %r" % (way, found[:300], wanted[:300]))

    fd = os.open(path, os.O_RDONLY)
    try:
        for size in 1, 7, 4096, MEGABYTE:
            os.lseek(fd, 0, os.SEEK_SET)
            text = sequence(fd, size)
            # offsets above 0 show the text that the sequence began
            expect("rest after reads of %d" % size, os.pread(fd, MEGABYTE, 1), text[1:])
            expect("newline after reads of %d" % size, text[-1:], b"\n" if text else b"")
        whole = os.pread(fd, MEGABYTE, 0)
        for offset in {1, 3, 17, 1023, 4095, len(whole) // 2, len(whole) - 1} - {0, -1}:
            for size in 1, 7, 4096, MEGABYTE:
                expect("pread %d at %d" % (size, offset), os.pread(fd, size, offset), whole[offset : offset + size])
        for offset in len(whole), len(whole) + 1, len(whole) + 1000 * 1000:
            if offset > 0:
                expect("pread at %d, beyond the end" % offset, os.pread(fd, 4096, offset), b"")
    finally:
        os.close(fd)
    return {"ways": ways, "length": len(whole), "complaints": complaints}


def attempt(path):
    try:
        return check(path)
    except OSError as error:
        return {"ways": 0, "length": 0, "complaints": [str(error)]}


print(json.dumps({path: attempt(path) for path in sys.argv[1:]}))
