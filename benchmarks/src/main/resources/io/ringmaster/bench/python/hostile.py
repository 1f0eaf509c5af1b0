"""A function that means ill: it looks for the channel's descriptors and writes what no bootstrap would write.

The event tells what: "garbage", random bytes to whatever can be written to; "half", a frame that comes byte by byte and never
whole; "flood", output without end, then frames without end, until it is killed or 50 ms are over.
"""

import fcntl
import os
import time

FLOOD_S = 0.05
HALF_S = 0.001
HALF_BYTES = 13


def writable():
    """Descriptors beyond the log that can be written to."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        try:
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        except OSError:
            continue  # it was the folder's
        if descriptor > 2 and flags & os.O_ACCMODE != os.O_RDONLY:
            found.append(descriptor)
    return found


def attempt(descriptor, data):
    try:
        os.write(descriptor, data)
    except OSError:
        pass  # it takes nothing


def handler(event, context):
    attack = event["attack"]
    if attack == "half":
        for _ in range(HALF_BYTES):
            for descriptor in writable():
                attempt(descriptor, b"\x01")
            time.sleep(HALF_S)
        return attack
    if attack == "garbage":
        for descriptor in writable():
            attempt(descriptor, os.urandom(65536))
        return attack
    end = time.monotonic() + FLOOD_S
    while time.monotonic() < end:
        os.write(1, b"x" * 65536)
    while time.monotonic() < end + FLOOD_S:
        for descriptor in writable():
            attempt(descriptor, b"\x00" * 65536)
    return attack
