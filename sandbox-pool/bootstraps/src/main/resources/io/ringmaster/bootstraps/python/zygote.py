"""The zygote: a Python process with the bootstrap imported, which forks sandboxes when the keeper asks.

    python -I zygote.py

Descriptor 3 is the wire to the keeper (SOCK_SEQPACKET), 4 the pipe that takes reports of deaths by signal, 2 the engine's
standard error. `bootstrap.py` lies beside this file: `preload()` runs here once, `run()` in each sandbox.

A sandbox is two processes. Its PID 1, trusted, is a child of the keeper (CLONE_PARENT), in a pid namespace of its own where
that is allowed: it reaps what is orphaned and ends with the function process. PID 2 is the function process, made by a real
fork. PID 1 is told its token when it has been named to the keeper, and lets PID 2 go then: a sandbox that the keeper does not
know runs nothing. Where the keeper is PID 1 of its own namespace, a sandbox's PID 1 is a small program (`first_process.py`); else,
as it has more to do, a second fork of the zygote.

PID 1 ends as PID 2 does: it exits with the same status, or, as nothing can kill a namespace's PID 1 from inside, reports the
wait status of a death by signal through descriptor 4, as 16 bytes: the token that came with FORK, the status, and PID 2's peak of
resident memory in KiB, or 0; then exits with 128 + signal. The small program reports every end. The keeper joins the two.

Python 3.8 to 3.14, standard library only; Linux on x86_64 and arm64. One thread, always.
"""
import array
import ctypes
import errno
import gc
import importlib.util
import os
import random
import resource
import select
import signal
import socket
import struct
import sys
import traceback

ZYGOTE_READY, FORK, FORKED, ERROR = 5, 8, 9, 12
MESSAGE = struct.Struct("=iiiiq")
MESSAGE_BYTES_MAX = 32 * 1024
TOKEN = struct.Struct("=q")
REPORT = struct.Struct("=qii")

CLONE_PARENT, CLONE_NEWPID = 0x8000, 0x20000000
NO_NAMESPACES = (errno.EPERM, errno.EINVAL, errno.ENOSPC, errno.ENOSYS)
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36
SYS_CLONE = {"x86_64": 56, "aarch64": 220}
SYS_CLOSE_RANGE = 436
FIRST_OWN_DESCRIPTOR = 10
NOFILE_MAX, MEMLOCK_BYTES_MAX = 1024, 64 * 1024
FAULT_EXIT_CODE = 70

# PyDLL keeps the interpreter lock over the call, so that the clone finds it held by its only thread.
libc = ctypes.PyDLL(None, use_errno=True)
libc.syscall.argtypes = [ctypes.c_long] * 7
libc.syscall.restype = ctypes.c_long


def clone(flags):
    """As fork, with flags. No fork handlers run: the child may do little more than fork again."""
    pid = libc.syscall(SYS_CLONE[os.uname().machine], flags, 0, 0, 0, 0, 0)
    if pid < 0:
        code = ctypes.get_errno()
        raise OSError(code, "clone: " + os.strerror(code))
    return pid


def prctl(option, value):
    libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def close_from(first):
    if libc.syscall(SYS_CLOSE_RANGE, first, 0xFFFFFFFF, 0, 0, 0, 0) < 0:
        os.closerange(first, NOFILE_MAX)  # a kernel before 5.9; nothing here has a higher number


def move(fd):
    """Takes a descriptor out of the range that sandboxes use; leaves /dev/null in its place."""
    import fcntl

    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN_DESCRIPTOR)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, fd)
    os.close(null)
    return moved


def limit():
    """Limits that hold for all sandboxes; none is ever raised."""

    def lower(which, value):
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(which, (value, value))

    lower(resource.RLIMIT_NOFILE, NOFILE_MAX)
    lower(resource.RLIMIT_MEMLOCK, MEMLOCK_BYTES_MAX)
    with open("/proc/sys/kernel/core_pattern") as pattern:
        piped = pattern.read(1) == "|"
    lower(resource.RLIMIT_CORE, 1 if piped else 0)  # only 1 keeps a pipe from being started


def leave_terminal():
    """Gives up the terminal that the engine may have been started from, for this process and all that it forks."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return  # there is none
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCNOTTY)
    os.close(terminal)


def load(sibling):
    """A file beside this one, under a name of its own: a function may have a module `bootstrap` too."""
    folder = os.path.dirname(os.path.abspath(__file__))
    name = "_ringmaster_" + sibling
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, sibling + ".py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, folder)  # for what lies beside it
    try:
        spec.loader.exec_module(module)
        if hasattr(module, "preload"):
            module.preload()
    finally:
        sys.path.remove(folder)
    return module


def can_have_namespaces():
    """Whether sandboxes get pid namespaces: found by trying."""
    try:
        pid = clone(CLONE_NEWPID | signal.SIGCHLD)
    except OSError as refused:
        if os.readlink("/proc/self") != str(os.getpid()):
            raise  # without them processes must be found by /proc, which is that of another namespace here
        if refused.errno in NO_NAMESPACES:
            return False
        raise
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def find_first_process(report):
    """The small program, if a sandbox can have it as its PID 1 here: found by trying. Else None."""
    try:
        first = load("first_process").FirstProcess(report)
        word, tell = os.pipe()
        try:
            pid = first.fork(word, tell)
            if pid == 0:
                os._exit(7 if os.getpid() == 2 else FAULT_EXIT_CODE)
            os.write(tell, TOKEN.pack(0))
        finally:
            os.close(word)
            os.close(tell)
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 7:
            return first
        reason = "wait status %d" % status
    except Exception as refused:  # such as: no such file in memory may be run; there is no program for this machine
        reason = repr(refused)
    print("zygote: each sandbox's first process is a fork of Python: " + reason, file=sys.stderr, flush=True)
    return None


def refresh_randomness():
    """What must not be the same in two sandboxes of one zygote. OpenSSL notices a fork only by its pid, which is always 2."""
    if "ssl" in sys.modules:
        sys.modules["ssl"].RAND_add(os.urandom(48), 48)
    random.seed()
    if "uuid" in sys.modules:
        uuid = sys.modules["uuid"]
        uuid._node = random.getrandbits(48) | 1 << 40  # multicast bit: no machine's address
        uuid._last_timestamp = None
        if hasattr(uuid, "_load_system_functions"):
            uuid._load_system_functions()  # Python 3.8 does so only when it is asked for a UUID, after this
        uuid._generate_time_safe = None  # the C library's state was forked too
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def function(bootstrap, awaited, requests, responses, log, segment=None):
    """PID 2: descriptors as tools/docs/channel.md has them, and no others."""
    # A group of its own, no session: a session would be a scheduling group of its own too (autogroup), and each switch between
    # engine and function on one processor would cost 2 µs more.
    os.setpgid(0, 0)
    prctl(PR_SET_DUMPABLE, 1)  # else its own /proc/self belonged to root after a change of uid
    null = os.open(os.devnull, os.O_RDWR)
    for source, target in ((null, 0), (log, 1), (log, 2), (requests, 3), (responses, 4)):
        os.dup2(source, target)
    if segment is not None:
        os.dup2(segment, 5)
    close_from(5 if segment is None else 6)
    refresh_randomness()
    bootstrap.run(awaited=awaited)


def descendants():
    """All processes below this one, by what the kernel alone writes into /proc."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as stat:
                    parent = int(stat.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue  # it ended meanwhile
            children.setdefault(parent, []).append(int(name))
    found, look = [], [os.getpid()]
    while look:
        below = children.get(look.pop(), [])
        found += below
        look += below
    return found


def end_descendants():
    """Without a namespace: stops all first, so that none forks on, then kills; returns when none is left."""
    while True:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in descendants():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        select.select([], [], [], 0.001)


def await_end(child, report, keeper_is_init):
    """Reaps until the function process ends; its wait status. None: the keeper is gone, and no namespace with it."""
    if keeper_is_init:
        while True:
            pid, status = os.wait()
            if pid == child:
                return status
    bell, ring = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    poll = select.poll()
    poll.register(bell, select.POLLIN)
    poll.register(report, 0)  # POLLERR: nobody reads it any more
    while True:
        pid = -1
        while pid:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == child:
                return status
        for fd, events in poll.poll():
            if fd == report:
                return None
            os.read(bell, 512)


def init(bootstrap, awaited, fds, word, report, namespaces, keeper_is_init):
    """PID 1 of a sandbox: makes PID 2, reaps, ends with it. Has nothing that the function could use or reach."""
    token = os.read(word, TOKEN.size)
    if len(token) != TOKEN.size:
        os._exit(FAULT_EXIT_CODE)  # the zygote died, perhaps before it could name this process
    os.close(word)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a handler would make PID 1 killable from inside
    prctl(PR_SET_DUMPABLE, 0)
    if not namespaces:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        function(bootstrap, awaited, *fds)
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(report, 3)
    for target in (0, 1, 2):
        os.dup2(null, target)
    close_from(4)
    status = await_end(child, 3, keeper_is_init)
    if not namespaces:
        end_descendants()
    if status is None:
        os._exit(FAULT_EXIT_CODE)
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    os.write(3, REPORT.pack(TOKEN.unpack(token)[0], status, 0))
    os._exit(128 + os.WTERMSIG(status))


class Zygote:
    def __init__(self):
        self.wire = socket.socket(fileno=move(3))
        self.report = move(4)
        limit()
        leave_terminal()
        os.environ.pop("GLIBC_TUNABLES", None)  # they were for this process
        self.bootstrap = load("bootstrap")
        self.namespaces = can_have_namespaces()
        self.keeper_is_init = os.getppid() == 1  # its death is then the death of all
        self.first = find_first_process(self.report) if self.namespaces and self.keeper_is_init else None

    def send(self, op, id, a, b=0, text=""):
        self.wire.send(MESSAGE.pack(op, id, a, 0, b) + text.encode())

    def serve(self):
        gc.collect()
        gc.freeze()
        self.send(ZYGOTE_READY, 0, os.getpid(), int(self.namespaces), "%d.%d.%d" % sys.version_info[:3])
        while True:
            data, control, _, _ = self.wire.recvmsg(
                MESSAGE_BYTES_MAX, socket.CMSG_SPACE(16), socket.MSG_CMSG_CLOEXEC)
            if not data:
                return  # the keeper has gone, or wants no more of this zygote
            op, id, awaited, _, token = MESSAGE.unpack(data[:MESSAGE.size])
            fds = array.array("i")
            for _, _, rights in control:
                fds.frombytes(rights)
            try:
                if op != FORK or len(fds) not in (3, 4):
                    raise OSError(errno.EPROTO, "op %d with %d descriptors" % (op, len(fds)))
                self.fork(id, awaited == 1, token, fds)
            except OSError as failed:
                self.send(ERROR, id, failed.errno or errno.EIO, op, str(failed))
            finally:
                for fd in fds:
                    os.close(fd)

    def fork(self, id, awaited, token, fds):
        if len(os.listdir("/proc/self/task")) != 1:
            raise OSError(errno.EBUSY, "the bootstrap started a thread: a fork would tear it")
        word, tell = os.pipe()
        try:
            if self.first:
                pid = self.first.fork(word, tell, CLONE_PARENT)
            else:
                pid = clone(CLONE_PARENT | signal.SIGCHLD | (CLONE_NEWPID if self.namespaces else 0))
            if pid == 0:
                self.sandbox(awaited, fds, word, tell)
            self.send(FORKED, id, pid)
            os.write(tell, TOKEN.pack(token))
        except BrokenPipeError:
            pass  # killed already; the keeper tells its exit
        finally:
            os.close(word)
            os.close(tell)

    def sandbox(self, awaited, fds, word, tell):
        """Never returns."""
        try:
            self.wire.detach()  # its number may be a function's file later: nothing may close it then
            if self.first:
                function(self.bootstrap, awaited, *fds)
                os._exit(0)
            os.close(tell)
            init(self.bootstrap, awaited, fds, word, self.report, self.namespaces, self.keeper_is_init)
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(FAULT_EXIT_CODE)


if __name__ == "__main__":
    Zygote().serve()
