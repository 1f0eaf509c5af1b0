"""A bootstrap for tests: obeys words on descriptor 3, one a line, and answers on 4, one line each."""
import ctypes
import os
import random
import signal
import ssl
import sys
import time
import uuid

preloaded = False
was_awaited = None


def preload():
    global preloaded
    preloaded = True
    if os.environ.get("TEST_PEAK"):
        len(bytearray(os.urandom(1 << 20) * 80))
    if os.environ.get("TEST_OLD_LIBRARY"):
        for name in [name for name in dir(os) if name.startswith(("memfd_", "MFD_"))]:
            delattr(os, name)
    if os.environ.get("TEST_THREAD"):
        import threading
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def detach():
    """As hostile code would: own session, two forks, all signals ignored, all descriptors closed."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 32):
                if number not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 1024)
            while True:
                time.sleep(60)
        os._exit(0)
    os.wait()


def status(name):
    with open("/proc/self/status") as lines:
        return next(line.split()[1] for line in lines if line.startswith(name + ":"))


def obey(word, *rest):
    if word == "exit":
        os._exit(int(rest[0]))
    if word == "return":
        sys.exit(int(rest[0]))
    if word == "kill":
        os.kill(os.getpid(), int(rest[0]))
    if word == "abort":
        os.abort()
    if word == "detach":
        for _ in range(3):
            detach()
    if word == "orphan":
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
        os.wait()
    if word == "killinit":
        os.kill(os.getppid(), signal.SIGKILL if rest else signal.SIGINT)
    if word == "fill":
        bytearray(os.urandom(1 << 20) * int(rest[0]))
    if word == "processors":
        libc = ctypes.CDLL(None)
        for processor in os.sched_getaffinity(0):
            os.sched_setaffinity(0, {processor})
            if libc.sched_getcpu() != processor:
                return "the C library says %d on %d" % (libc.sched_getcpu(), processor)
    if word == "sequences":
        try:
            return str(ctypes.c_uint.in_dll(ctypes.CDLL(None), "__rseq_size").value != 0)
        except ValueError:
            return "False"
    if word == "awaited":
        return str(was_awaited)
    if word == "look":
        links = [name + "=" + os.readlink("/proc/self/fd/" + name) for name in sorted(os.listdir("/proc/self/fd"), key=int)
                 if os.path.exists("/proc/self/fd/" + name)]
        links = [link.partition(":")[0] for link in links]
        return "%d %s %s %s %s %s" % (os.getpid(), os.getpgid(0) == os.getpid(), preloaded, status("SigBlk"), status("Threads"),
                                      ",".join(links))
    if word == "random":
        return " ".join((ssl.RAND_bytes(8).hex(), "%x" % random.getrandbits(64), str(uuid.uuid4()), str(uuid.uuid1()),
                         os.urandom(8).hex()))
    return "done " + word


def run(awaited=None):
    global was_awaited
    was_awaited = awaited
    with os.fdopen(3) as requests:
        for line in requests:
            os.write(4, obey(*line.split()).encode() + b"\n")
