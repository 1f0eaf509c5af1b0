"""PID 1 of a sandbox's pid namespace: a program of 200 bytes instead of a second fork of the zygote.

`FirstProcess.fork()` is as `os.fork()`, into a new namespace. A bare clone, which borrows the zygote's memory while the zygote
waits (as vfork does), is PID 1; it calls the C library's `fork`, whose child is PID 2, the function process; then it replaces
itself by the program, and the zygote goes on. So the zygote's memory is copied once, PID 2 is a child of PID 1 and came of a real
fork, with Python's hooks before and after it. Why, and what was tried besides: ADR 0013.

Both pieces of machine code are in one sealed file in memory. As they are called:

    int enter(long flags, int (*fork)(void), long program, char *empty, char **argv, char **environment)
    {
        int pid = clone(flags, 0, 0, 0, 0);             // raw: the same stack, which the caller leaves alone meanwhile
        if (pid == 0) {
            pid = fork();                               // PID 1 makes PID 2, which returns 0
            if (pid != 0) {
                if (pid > 0) pid = environment[2] = execveat(program, empty, argv, environment, AT_EMPTY_PATH);
                environment[1] = pid;                   // why it failed: in the zygote's memory
                exit_group(70);
            }
        }
        return pid;
    }

    void program()                                      // 3: reports, 4: its word, 5: what lets PID 2 go
    {
        struct { long token; int status, peakKib; struct rusage usage; } report;
        prctl(PR_SET_DUMPABLE, 0);                      // nobody in the namespace may look into it
        close(1); close(2);
        if (read(4, &report.token, 8) != 8) exit_group(70);
        write(5, "E", 1); close(5); close(4);
        do pid = wait4(-1, &report.status, __WALL, &report.usage); while (pid > 2);
        if (pid != 2) exit_group(70);
        report.peakKib = report.usage.ru_maxrss;        // its own: PID 1's began with the zygote's
        write(3, &report, 16);
        exit_group(report.status & 127 ? 128 + (report.status & 127) : report.status >> 8);
    }

It handles no signal: nothing in the namespace can end or stop it.
"""
import ctypes
import errno
import fcntl
import os
import re
import signal
import struct

REPORT, WORD, GO = 3, 4, 5
FIRST_OWN_DESCRIPTOR = 10
FAULT_EXIT_CODE = 70

CLONE_VM, CLONE_VFORK, CLONE_PARENT, CLONE_NEWPID = 0x100, 0x4000, 0x8000, 0x20000000
PROT_READ, PROT_EXEC, MAP_PRIVATE = 1, 4, 2
MFD_CLOEXEC, MFD_ALLOW_SEALING, MFD_EXEC = 1, 2, 16  # a kernel before 6.3 does not know the last
F_ADD_SEALS, SEAL_ALL = 1033, 15

BASE, FILE_HEADER_BYTES, PROGRAM_HEADER_BYTES = 0x400000, 64, 56
CODE_AT = FILE_HEADER_BYTES + PROGRAM_HEADER_BYTES

_X86_PROGRAM = """
    b89d000000 bf04000000 31f6 0f05                          prctl
    bf01000000 b803000000 0f05                               close
    bf02000000 b803000000 0f05                               close
    4881eca0000000 bf04000000 4889e6 ba08000000 31c0 0f05    read
    83f808 0f8582000000
    bf05000000 be01004000 ba01000000 b801000000 0f05         write
    bf05000000 b803000000 0f05                               close
    bf04000000 b803000000 0f05                               close
    bfffffffff 488d742408 ba00000040 4c8d542410 b83d000000 0f05 wait4
    83f802 7fe0
    7532
    8b442430 8944240c bf03000000 4889e6 ba10000000 b801000000 0f05 write
    8b442408 89c7 c1ef08 83e07f 740d
    8db880000000 eb05
    bf46000000 b8e7000000 0f05                               exit_group
"""
_X86_ENTER = """
    53 55 4154 4155 4156 4889f3 89d5 4989cc 4d89c5 4d89ce 31f6 31d2 4531d2 4531c0 b838000000 0f05 clone
    85c0 7534
    ffd3                                                     fork
    85c0 742e
    781c
    89ef 4c89e6 4c89ea 4d89f2 41b800100000 b842010000 0f05   execveat
    41894610 41894608 bf46000000 b8e7000000 0f05             exit_group
    415e 415d 415c 5d 5b c3
"""
_ARM_PROGRAM = """
    800080d2 010080d2 e81480d2 010000d4                      prctl
    200080d2 280780d2 010000d4                               close
    400080d2 280780d2 010000d4                               close
    ff8302d1 800080d2 e1030091 020180d2 e80780d2 010000d4    read
    1f200071 61040054
    a00080d2 0108a0d2 21040091 220080d2 080880d2 010000d4    write
    a00080d2 280780d2 010000d4                               close
    800080d2 280780d2 010000d4                               close
    00008092 e1230091 0200a8d2 e3430091 882080d2 010000d4    wait4
    1f080071 2cffff54
    c1010054
    e03340b9 e00f00b9 600080d2 e1030091 020280d2 080880d2 010000d4 write
    f30b40b9 607e0853 741a0012 94000034
    80020211 02000014
    c00880d2 c80b80d2 010000d4                               exit_group
"""
_ARM_ENTER = """
    fd7bbca9 f35301a9 f55b02a9 f71b00f9 f30301aa f40302aa
    f50303aa f60304aa f70305aa 010080d2 020080d2 030080d2
    040080d2 881b80d2 010000d4                               clone
    00020035
    60023fd6                                                 fork
    c0010034
    2001f837
    e00314aa e10315aa e20316aa e30317aa 040082d2 282380d2 010000d4 execveat
    e01200b9 e00a00b9 c00880d2 c80b80d2 010000d4             exit_group
    f71b40f9 f55b42a9 f35341a9 fd7bc4a8 c0035fd6
"""
# By machine: the number that ELF has for it, the program, the way in.
CODE = {"x86_64": (62, _X86_PROGRAM, _X86_ENTER), "aarch64": (183, _ARM_PROGRAM, _ARM_ENTER)}
SYS_MEMFD_CREATE = {"x86_64": 319, "aarch64": 279}


def assembled(listing):
    """The bytes of a listing: its words but for the names of system calls."""
    return bytes.fromhex("".join(re.findall(r"\b[0-9a-f]+\b", listing)))


def image(machine):
    """An executable: a file header, one segment that holds everything, the program, then `enter`; and where that begins."""
    number, program, enter = CODE[machine]
    program = assembled(program).ljust(-(-len(assembled(program)) // 16) * 16, b"\0")
    code = program + assembled(enter)
    size = CODE_AT + len(code)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\2\1\1", 2, number, 1, BASE + CODE_AT, FILE_HEADER_BYTES, 0, 0, FILE_HEADER_BYTES, PROGRAM_HEADER_BYTES, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, PROT_READ | PROT_EXEC, 0, BASE, BASE, size, size, 0x10000)
    return header + segment + code, CODE_AT + len(program)


def sealed(libc, content):
    """A file in memory that holds this, can be run, and can never be changed.

    By the system call: `os` has none where the interpreter was built for an older C library, as many that tools install.
    """
    for flags in (MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC, MFD_CLOEXEC | MFD_ALLOW_SEALING):
        file = libc.syscall(ctypes.c_long(SYS_MEMFD_CREATE[os.uname().machine]), b"ringmaster-first", ctypes.c_long(flags))
        if file >= 0:
            file = out_of_the_way(file)
            os.write(file, content)
            fcntl.fcntl(file, F_ADD_SEALS, SEAL_ALL)
            return file
    raise OSError(ctypes.get_errno(), "memfd_create: " + os.strerror(ctypes.get_errno()))


def out_of_the_way(file):
    moved = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN_DESCRIPTOR)
    os.close(file)
    return moved


def has_restartable_sequences(libc):
    try:
        return ctypes.c_uint.in_dll(libc, "__rseq_size").value != 0
    except ValueError:
        return False  # a C library before 2.35


class FirstProcess:
    """Made once by the zygote, whose descriptors 3 to 5 it takes: REPORT stays the pipe for reports, the others are /dev/null.

    The zygote must have no restartable sequences (GLIBC_TUNABLES=glibc.pthread.rseq=0): what shares memory loses them, and with it
    what it forks, without the C library's knowledge.
    """

    def __init__(self, report):
        libc = ctypes.PyDLL(None, use_errno=True)
        if has_restartable_sequences(libc):
            raise OSError(errno.EBUSY, "restartable sequences")
        content, enter = image(os.uname().machine)
        self.null = out_of_the_way(os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC))
        self.program = sealed(libc, content)
        self.leave()
        os.dup2(report, REPORT)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        at = libc.mmap(None, len(content), PROT_READ | PROT_EXEC, MAP_PRIVATE, self.program, 0)
        if at is None or at == ctypes.c_void_p(-1).value:
            code = ctypes.get_errno()
            raise OSError(code, "mmap: " + os.strerror(code))
        # PYFUNCTYPE keeps the interpreter lock over the call, so that the fork finds it held by its only thread.
        kinds = [ctypes.c_long, ctypes.c_void_p, ctypes.c_long, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p]
        self.enter = ctypes.PYFUNCTYPE(ctypes.c_int, *kinds)(at + enter)
        argv = (ctypes.c_char_p * 2)(b"ringmaster-first", None)
        self.environment = (ctypes.c_long * 3)()  # none; behind it, why PID 1 failed
        self.argv = argv
        fork = ctypes.cast(libc.fork, ctypes.c_void_p)
        self.arguments = fork, self.program, b"", ctypes.addressof(argv), ctypes.addressof(self.environment)
        place_of_errno = getattr(libc, "__errno_location")
        place_of_errno.restype = ctypes.c_void_p
        self.errno = ctypes.c_int.from_address(place_of_errno())

    def fork(self, word, tell, flags=0):
        """As os.fork, in a new namespace: the number of its PID 1, or 0 in PID 2, once PID 1 has let it go.

        PID 1 waits for 8 bytes, the token of its report, from the pipe that `word` reads and `tell` writes; where that ends, all
        ends.
        """
        going, go = os.pipe()
        os.dup2(word, WORD)
        os.dup2(go, GO)
        self.environment[1] = self.environment[2] = 0
        ctypes.pythonapi.PyOS_BeforeFork()
        pid = self.enter(CLONE_VM | CLONE_VFORK | CLONE_NEWPID | signal.SIGCHLD | flags, *self.arguments)
        code = self.errno.value  # the failed fork's
        if pid == 0:
            try:
                ctypes.pythonapi.PyOS_AfterFork_Child()
                os.close(tell)
                os.read(going, 1)  # without PID 1 there is no PID 2
            except BaseException:
                os._exit(FAULT_EXIT_CODE)
            return 0
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        self.leave()
        os.close(going)
        os.close(go)
        if pid < 0:
            raise OSError(-pid, "clone: " + os.strerror(-pid))
        if self.environment[1]:
            self.failed(pid, flags, code)
        return pid

    def failed(self, pid, flags, code):
        """PID 1 could not fork, or not become the program: it has ended."""
        if not flags & CLONE_PARENT:
            os.waitpid(pid, 0)
        executed = ctypes.c_int(self.environment[2]).value
        if executed:
            raise OSError(-executed, "execveat: " + os.strerror(-executed))
        raise OSError(code, "fork: " + os.strerror(code))

    def leave(self):
        """Gives back the ends of pipes that only PID 1 needs."""
        for fd in (WORD, GO):
            os.dup2(self.null, fd)
