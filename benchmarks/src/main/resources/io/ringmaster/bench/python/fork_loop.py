"""The floor of cold.rate.python: for each byte on descriptor 0 a fork that loads the handler and calls it once.

Each child answers with one line. What a handler's first call needs is imported before, and nobody waits for a child's end.
"""

import gc
import importlib
import json
import os
import signal
import sys


def run(code, event):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    os.write(1, b"started\n")
    while True:
        wanted = os.read(0, 4096)
        if not wanted:
            return
        for _ in wanted:
            if os.fork() == 0:
                sys.path.insert(0, code)
                handler = importlib.import_module("app").handler
                os.write(1, json.dumps(handler(json.loads(event), None)).encode() + b"\n")
                os._exit(0)


run(sys.argv[1], sys.argv[2])
