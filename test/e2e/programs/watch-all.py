"""watch-all.py DIRECTORY WAY SECONDS TOTAL: reads all files below DIRECTORY, a mount, again and again, and judges what it finds.

WAY is fresh (open, read, close) or kept (one descriptor for each file, seek back and read); files are read whole and in pieces
by turns. TOTAL is the MemTotal in kB that is to be seen. A line of standard input ends it before the SECONDS are over.
Prints JSON: the number of reads, and the complaints: failed reads, torn texts, counters that went back, another MemTotal;
and how long the longest read took, in ms, and of which file.
"""
import json
import os
import re
import select
import sys
import time

root, way, seconds, total = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]

CPUS = rb"(\d+(-\d+)?(,\d+(-\d+)?)*)?\n"
GRAMMAR = {
    "proc/cpuinfo": rb"processor\s*:[^\n]*\n(([^\n:]+:[^\n]*)?\n)*\n",
    "proc/diskstats": rb"( *\d+ +\d+ \S+( \d+)+\n)*",
    "proc/loadavg": rb"\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+/\d+ \d+\n",
    "proc/meminfo": rb"MemTotal: +\d+ kB\nMemFree: +\d+ kB\n([\w()]+: +\d+( kB)?\n)*DirectMap\w+: +\d+ kB\n",
    "proc/partitions": rb"(major minor  #blocks  name\n\n( *\d+ +\d+ +\d+ \S+\n)*)?",
    "proc/slabinfo": rb"(slabinfo - version: [\d.]+\n# name[^\n]*\n(\S+ [^\n]*\n)*)?",
    "proc/stat": rb"cpu ( \d+){10}\n(cpu\d+( \d+){10}\n)+(\w+( \d+)+\n)*softirq( \d+)+\n",
    "proc/swaps": rb"Filename\s+Type\s+Size\s+Used\s+Priority\n(\S+\s+\S+\s+\d+\s+\d+\s+-?\d+\n)*",
    "proc/uptime": rb"\d+\.\d\d \d+\.\d\d\n",
    "proc/pressure/cpu": rb"some avg10=[^\n]*total=\d+\n(full avg10=[^\n]*total=\d+\n)?",
    "proc/pressure/io": rb"some avg10=[^\n]*total=\d+\nfull avg10=[^\n]*total=\d+\n",
    "proc/pressure/memory": rb"some avg10=[^\n]*total=\d+\nfull avg10=[^\n]*total=\d+\n",
    "sys/devices/system/cpu/kernel_max": rb"\d+\n",
    "sys/devices/system/cpu/offline": CPUS,
    "sys/devices/system/cpu/online": CPUS,
    "sys/devices/system/cpu/possible": CPUS,
    "sys/devices/system/cpu/present": CPUS,
    "sys/devices/system/cpu/cpu0/online": rb"1\n",
    "sys/devices/system/cpu/modalias": rb"cpu:[^\n]*\n",
    "sys/devices/system/cpu/vulnerabilities/meltdown": rb"\S[^\n]*\n",
}
GRAMMAR = {name: re.compile(grammar) for name, grammar in GRAMMAR.items() if os.path.exists("/" + name)}
COUNTERS = {
    "proc/uptime": lambda text: {i: float(word) for i, word in enumerate(text.split())},
    "proc/stat": lambda text: {
        (line.split()[0], i): int(word)
        for line in text.split(b"\n")
        if line.startswith(b"cpu")
        for i, word in enumerate(line.split()[1:])
    },
}
PIECES = [1 << 20, 4096, 1000, 61]

complaints = {"failed": [], "torn": [], "back": [], "total": []}
seen, kept = {}, {}
slowest, slowest_file, reads = 0.0, None, 0


def sequence(fd, size):
    return b"".join(iter(lambda: os.read(fd, size), b""))


def read(name, size):
    if way == "kept":
        if name not in kept:
            kept[name] = os.open(os.path.join(root, name), os.O_RDONLY)
        os.lseek(kept[name], 0, os.SEEK_SET)
        return sequence(kept[name], size)
    fd = os.open(os.path.join(root, name), os.O_RDONLY)
    try:
        return sequence(fd, size)
    finally:
        os.close(fd)


def judge(name, text):
    if not GRAMMAR[name].fullmatch(text):
        complaints["torn"].append("%s: %r" % (name, text))
        return
    if name == "proc/meminfo" and text.split(None, 2)[1].decode() != total:
        complaints["total"].append(text.split(b"\n")[0].decode())
    if name in COUNTERS:
        now, before = COUNTERS[name](text), seen.get(name, {})
        for key in now.keys() & before.keys():
            if now[key] < before[key]:
                complaints["back"].append("%s %s: %s after %s" % (name, key, now[key], before[key]))
        seen[name] = now


end = time.monotonic() + seconds
while time.monotonic() < end and not select.select([sys.stdin], [], [], 0)[0]:
    for name in GRAMMAR:
        started = time.monotonic()
        try:
            judge(name, read(name, PIECES[reads % len(PIECES)]))
        except OSError as error:
            complaints["failed"].append("%s: %s" % (name, error))
        took = time.monotonic() - started
        if took > slowest:
            slowest, slowest_file = took, name
        reads += 1
    time.sleep(0.02)  # readers that leave no time to load a server would only try the patience of the machine
counts = {kind: {"count": len(list), "first": list[:3]} for kind, list in complaints.items()}
print(json.dumps({"reads": reads, **counts, "slowest": round(slowest * 1000), "slowestFile": slowest_file}), flush=True)
