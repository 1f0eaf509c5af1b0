"""PID 1 of a sandbox's pid namespace: a program of 300 bytes instead of a second fork of the zygote.

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
                if (pid > 0) execveat(program, empty, argv, environment, AT_EMPTY_PATH);
                exit_group(70);
            }
        }
        return pid;
    }

    void program()                                      // 3: reports, 4: its word, 5: what lets PID 2 go
    {
        struct { long token; int status, zero; } report;
        prctl(PR_SET_DUMPABLE, 0);                      // nobody in the namespace may look into it
        if (read(4, &report.token, 8) != 8) exit_group(70);
        write(5, "E", 1); close(5); close(4);
        do pid = wait4(-1, &report.status, __WALL, 0); while (pid > 2);
        if (pid != 2) exit_group(70);
        if (report.status & 127) {
            report.zero = 0;
            write(3, &report, 16);
            exit_group(128 + (report.status & 127));
        }
        exit_group(report.status >> 8);
    }

It handles no signal: nothing in the namespace can end or stop it.
"""
import ctypes
import errno
import fcntl
import os
import signal
import struct

REPORT, WORD, GO = 3, 4, 5
FIRST_OWN_DESCRIPTOR = 10
FAULT_EXIT_CODE = 70

CLONE_VM, CLONE_VFORK, CLONE_NEWPID = 0x100, 0x4000, 0x20000000
PROT_READ, PROT_EXEC, MAP_PRIVATE = 1, 4, 2
MFD_EXEC = 16  # a kernel before 6.3 does not know it
F_ADD_SEALS, SEAL_ALL = 1033, 15

BASE, FILE_HEADER_BYTES, PROGRAM_HEADER_BYTES = 0x400000, 64, 56
CODE_AT = FILE_HEADER_BYTES + PROGRAM_HEADER_BYTES

_X86_PROGRAM = """
    b89d000000 bf04000000 31f6 0f05                       prctl
    4883ec10 bf04000000 4889e6 ba08000000 31c0 0f05       read
    83f808 757e
    bf05000000 be01004000 ba01000000 b801000000 0f05      write
    bf05000000 b803000000 0f05                            close
    bf04000000 b803000000 0f05                            close
    bfffffffff 488d742408 ba00000040 4531d2 b83d000000 0f05   wait4
    83f802 7fe2 7530
    8b5c2408 89df c1ef08 83e37f 7427
    31c0 8944240c bf03000000 4889e6 ba10000000 b801000000 0f05   write
    8dbb80000000 eb05
    bf46000000
    b8e7000000 0f05                                       exit_group
"""
_X86_ENTER = """
    53 55 4154 4155 4156
    4889f3 89d5 4989cc 4d89c5 4d89ce
    31f6 31d2 4531d2 4531c0 b838000000 0f05               clone
    85c0 752c
    ffd3                                                  fork
    85c0 7426 7818
    89ef 4c89e6 4c89ea 4d89f2 41b800100000 b842010000 0f05   execveat
    bf46000000 b8e7000000 0f05                            exit_group
    415e 415d 415c 5d 5b c3
"""
_ARM_PROGRAM = """
    800080d2 010080d2 e81480d2 010000d4                   prctl
    ff4300d1 800080d2 e1030091 020180d2 e80780d2 010000d4   read
    1f200071 21040054
    a00080d2 0108a0d2 220080d2 080880d2 010000d4          write
    a00080d2 280780d2 010000d4                            close
    800080d2 280780d2 010000d4                            close
    00008092 e1230091 0200a8d2 030080d2 882080d2 010000d4   wait4
    1f080071 2cffff54 a1010054
    f30b40b9 607e0853 741a0012 54010034
    ff0f00b9 600080d2 e1030091 020280d2 080880d2 010000d4   write
    80020211 02000014
    c00880d2
    c80b80d2 010000d4                                     exit_group
"""
_ARM_ENTER = """
    fd7bbca9 f35301a9 f55b02a9 f71b00f9
    f30301aa f40302aa f50303aa f60304aa f70305aa
    010080d2 020080d2 030080d2 040080d2 881b80d2 010000d4   clone
    c0010035
    60023fd6                                              fork
    80010034 0001f837
    e00314aa e10315aa e20316aa e30317aa 040082d2 282380d2 010000d4   execveat
    c00880d2 c80b80d2 010000d4                            exit_group
    f71b40f9 f55b42a9 f35341a9 fd7bc4a8 c0035fd6
"""
# By machine: the number that ELF has for it, the program, the way in.
CODE = {"x86_64": (62, _X86_PROGRAM, _X86_ENTER), "aarch64": (183, _ARM_PROGRAM, _ARM_ENTER)}


def assembled(listing):
    """The bytes of a listing: its words up to the name of a system call."""
    words = (word for line in listing.split("\n") for word in line.partition("   ")[2].split("   ")[0].split())
    return bytes.fromhex("".join(words))


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


def sealed(content):
    """A file in memory that holds this, can be run, and can never be changed."""
    name, flags = "ringmaster-first", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    try:
        file = os.memfd_create(name, flags | MFD_EXEC)
    except OSError:
        file = os.memfd_create(name, flags)
    file = out_of_the_way(file)
    os.write(file, content)
    fcntl.fcntl(file, F_ADD_SEALS, SEAL_ALL)
    return file


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
        self.program = sealed(content)
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
        environment = (ctypes.c_char_p * 1)(None)
        self.words = argv, environment
        fork = ctypes.cast(libc.fork, ctypes.c_void_p)
        self.arguments = fork, self.program, b"", ctypes.addressof(argv), ctypes.addressof(environment)

    def fork(self, word, tell, flags=0):
        """As os.fork, in a new namespace: the number of its PID 1, or 0 in PID 2, once PID 1 has let it go.

        PID 1 waits for 8 bytes, the token of its report, from the pipe that `word` reads and `tell` writes; where that ends, all
        ends.
        """
        going, go = os.pipe()
        os.dup2(word, WORD)
        os.dup2(go, GO)
        ctypes.pythonapi.PyOS_BeforeFork()
        pid = self.enter(CLONE_VM | CLONE_VFORK | CLONE_NEWPID | signal.SIGCHLD | flags, *self.arguments)
        if pid == 0:
            ctypes.pythonapi.PyOS_AfterFork_Child()
            try:
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
        return pid

    def leave(self):
        """Gives back the ends of pipes that only PID 1 needs."""
        for fd in (WORD, GO):
            os.dup2(self.null, fd)
