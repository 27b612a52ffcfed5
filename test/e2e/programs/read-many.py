"""read-many.py FILE COUNT PATTERN [THREADS]: opens, reads to the end and closes FILE, COUNT times in each thread.

Prints JSON: how often each value of PATTERN's first group was seen, how many reads failed, and the first failures.
"""
import json
import re
import sys
import threading
from collections import Counter

path, count, pattern = sys.argv[1], int(sys.argv[2]), re.compile(sys.argv[3].encode(), re.M)
seen, failures = Counter(), []


def read():
    for _ in range(count):
        try:
            with open(path, "rb", buffering=0) as file:
                text = b"".join(iter(lambda: file.read(65536), b""))
            found = pattern.search(text)
            if found is None:
                failures.append("no match in %r" % text[:200])
            else:
                seen[found[1].decode()] += 1
        except OSError as error:
            failures.append(str(error))


threads = [threading.Thread(target=read) for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"seen": seen, "failed": len(failures), "failures": failures[:3]}))
