"""Runs one program to its end and writes what it used: `launch.py RESULT PROGRAM ARGUMENT…`.

It is a program of its own, and a small one, because the kernel counts the memory of the process that starts a program as the first
peak of that program. RESULT gets wall and CPU seconds, peak memory as the kernel counts it, and the exit status.
"""

import os
import sys
import time

result, program, *arguments = sys.argv[1:]
begun = time.monotonic()
child = os.fork()
if child == 0:
    try:
        os.execv(program, [program, *arguments])
    except OSError:
        os._exit(127)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - begun
with open(result, "w", encoding="ascii") as file:
    file.write(f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}")
