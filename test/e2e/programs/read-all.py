"""read-all.py PATH...: for each line of standard input reads every file anew, in this order, and prints their texts as a JSON list.

Of a directory the text is its names, one a line.
"""
import json
import os
import sys


def text(path):
    if os.path.isdir(path):
        return "".join(name + "\n" for name in sorted(os.listdir(path)))
    with open(path, "rb", buffering=0) as file:
        return b"".join(iter(lambda: file.read(65536), b"")).decode()


print("ready", flush=True)
for _ in sys.stdin:
    print(json.dumps([text(path) for path in sys.argv[1:]]), flush=True)
