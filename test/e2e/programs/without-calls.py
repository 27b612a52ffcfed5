"""
without-calls.py NUMBER,NUMBER... COMMAND ARGUMENT...: runs a command as on an older kernel that lacks these system calls.
They answer ENOSYS, to the command and to all that it starts.
"""
import ctypes
import errno
import os
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL_WITH = 0x7FFF0000, 0x00050000


def instruction(code, if_true, if_false, value):
    return struct.pack("HBBI", code, if_true, if_false, value)


program = [instruction(LOAD_WORD, 0, 0, 0)]  # the first field of struct seccomp_data is the call's number
for number in sys.argv[1].split(","):
    program.append(instruction(JUMP_IF_EQUAL, 0, 1, int(number)))
    program.append(instruction(RETURN, 0, 0, FAIL_WITH | errno.ENOSYS))
program.append(instruction(RETURN, 0, 0, ALLOW))


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_char_p)]


libc = ctypes.CDLL(None, use_errno=True)
chosen = Filter(len(program), b"".join(program))
if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(chosen), 0, 0) != 0:
    raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")
os.execvp(sys.argv[2], sys.argv[2:])
