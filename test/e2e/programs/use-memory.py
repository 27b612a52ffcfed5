"""use-memory.py BYTES: touches that much memory, says so, and keeps it until standard input ends."""
import sys

memory = bytearray(int(sys.argv[1]))
for page in range(0, len(memory), 4096):
    memory[page] = 1
print("ready", flush=True)
sys.stdin.read()
