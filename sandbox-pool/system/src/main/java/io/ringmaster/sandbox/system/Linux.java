package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The system calls, as one thread makes them.
 *
 * <p>Every thread that makes calls has its own instance: it holds the place where errno is
 * captured, and a little scratch memory for arguments. A failed call answers the negative errno. No
 * call allocates, but those that make an object. Buffers are given by address; their owner keeps
 * them alive (memory of {@link #allocate} lives as long as this object is reachable).
 *
 * <p>Everything goes through {@code syscall(2)} in one foreign shape of seven longs, because each
 * further shape costs milliseconds of the keeper's start. Blocking calls are ordinary, never
 * "critical", calls: a thread in one does not delay the collector.
 */
public final class Linux {
  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 16;

  public static final int EPOLLIN = 1;
  public static final int EPOLLOUT = 4;
  public static final int EPOLLERR = 8;
  public static final int EPOLLHUP = 16;
  public static final int EPOLLRDHUP = 0x2000;
  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLLET = 1 << 31;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;

  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;

  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_SETPIPE_SZ = 1031;
  public static final int F_GETPIPE_SZ = 1032;
  public static final int FD_CLOEXEC = 1;

  public static final int SIGHUP = 1;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;
  public static final int SIGCHLD = 17;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;

  public static final int WNOHANG = 1;
  public static final int CLONE_FS = 0x200;
  public static final int CLONE_NEWPID = 0x20000000;
  public static final int PR_SET_CHILD_SUBREAPER = 36;
  public static final int RLIMIT_CORE = 4;
  public static final int RLIMIT_NOFILE = 7;
  public static final int RLIMIT_MEMLOCK = 8;

  /** Bytes of {@code struct rusage}, the last argument of {@link #wait4}. */
  public static final int RUSAGE_BYTES = 144;

  /** Offset in {@code struct rusage} of the peak resident memory, a long in KiB. */
  public static final int RUSAGE_MAXRSS = 32;

  /** Bytes of what a descriptor of {@link #signalfd} delivers for each signal. */
  public static final int SIGNALFD_SIGINFO_BYTES = 128;

  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private static final int TIOCNOTTY = 0x5422;
  private static final int FIONREAD = 0x541B;
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_SEQPACKET = 5;

  /** Bytes of a Unix socket's path, without the zero at its end. */
  private static final int LOCAL_NAME_MAX = 107;

  private static final int SIG_BLOCK = 0;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int SIG_SETMASK = 2;
  private static final int AT_FDCWD = -100;
  private static final int KERNEL_SIGSET_BYTES = 8;
  private static final int CPU_SET_BYTES = 128;
  private static final int P_ALL = 0;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x1000000;
  private static final int SIGINFO_PID = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL = libc("syscall");

  private static final long READ = SystemCall.READ.number;
  private static final long WRITE = SystemCall.WRITE.number;
  private static final long WRITEV = SystemCall.WRITEV.number;
  private static final long CLOSE = SystemCall.CLOSE.number;
  private static final long EPOLL_PWAIT = SystemCall.EPOLL_PWAIT.number;
  private static final long EPOLL_PWAIT2 = SystemCall.EPOLL_PWAIT2.number;
  private static final long PPOLL = SystemCall.PPOLL.number;

  // An automatic arena: the captured state is handed to each call as a segment, which keeps the
  // arena, and with it the
  // scratch memory beside it, alive while the call runs.
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment captured = arena.allocate(STATE);
  private final MemorySegment scratch = arena.allocate(CPU_SET_BYTES + 32, 16);
  private final EpollEvents control = epollEvents(1);
  private boolean pwait2 = true;

  /**
   * A function of the C library, in the shape of all calls here. The variadic form is right for
   * fixed arguments too, on both architectures, and an int result is the low half of the long.
   */
  static MethodHandle libc(String name) {
    if (Architecture.CURRENT == null || !"Linux".equals(System.getProperty("os.name"))) {
      throw new UnsupportedOperationException(
          "Linux on x86_64 or arm64 is needed; this is "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"));
    }
    return LINKER.downcallHandle(
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsupportedOperationException("the C library has no " + name)),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(1));
  }

  long call(long number, long a, long b, long c, long d, long e, long f) {
    try {
      long result = (long) SYSCALL.invokeExact(captured, number, a, b, c, d, e, f);
      return result == -1 ? -captured.get(JAVA_INT, ERRNO) : result;
    } catch (Throwable t) {
      throw new AssertionError("a system call throws nothing", t);
    }
  }

  private long call(SystemCall which, long a, long b, long c, long d) {
    return call(which.number, a, b, c, d, 0, 0);
  }

  /** The captured state, for the shape's other user. */
  MemorySegment captured() {
    return captured;
  }

  /** Zeroed memory, 16-byte aligned, that lives at least as long as this object is reachable. */
  public MemorySegment allocate(long bytes) {
    return arena.allocate(bytes, 16);
  }

  /** Room for what {@link #epollWait} delivers; lives as {@link #allocate}'s memory does. */
  public EpollEvents epollEvents(int capacity) {
    return new EpollEvents(arena.allocate(EpollEvents.bytes(capacity), 16), capacity);
  }

  /** Reads at most {@code bytes} to {@code address}; 0 at end of file. */
  public long read(int fd, long address, long bytes) {
    return call(READ, fd, address, bytes, 0, 0, 0);
  }

  /** Writes at most {@code bytes} from {@code address}. */
  public long write(int fd, long address, long bytes) {
    return call(WRITE, fd, address, bytes, 0, 0, 0);
  }

  /**
   * Writes what {@code count} entries of {@code struct iovec} (address, length: two longs each)
   * describe.
   */
  public long writev(int fd, long iovecAddress, int count) {
    return call(WRITEV, fd, iovecAddress, count, 0, 0, 0);
  }

  /** Closes a descriptor. Never repeat it after EINTR: it is closed. */
  public int close(int fd) {
    return (int) call(CLOSE, fd, 0, 0, 0, 0, 0);
  }

  /** Opens an existing file; always close-on-exec. */
  public int open(String path, int flags) {
    try (Arena here = Arena.ofConfined()) {
      long name = here.allocateFrom(path).address();
      return (int) call(SystemCall.OPENAT, AT_FDCWD, name, flags | O_CLOEXEC, 0);
    }
  }

  /** A new epoll instance, close-on-exec. */
  public int epollCreate() {
    return (int) call(SystemCall.EPOLL_CREATE1, O_CLOEXEC, 0, 0, 0);
  }

  /** Adds, changes or removes ({@link #EPOLL_CTL_ADD} …) what is awaited of {@code fd}. */
  public int epollControl(int epoll, int operation, int fd, int events, long data) {
    control.set(0, events, data);
    return (int) call(SystemCall.EPOLL_CTL, epoll, operation, fd, control.address);
  }

  /**
   * Waits for events, and answers their number.
   *
   * @param timeoutNs the longest wait; 0: only look; negative: for ever. Kernels before 5.11 wait
   *     in whole milliseconds, rounded up
   */
  public int epollWait(int epoll, EpollEvents into, long timeoutNs) {
    if (timeoutNs > 0 && pwait2) {
      long timespec = timespec(timeoutNs);
      long n = call(EPOLL_PWAIT2, epoll, into.address, into.capacity, timespec, 0, 0);
      if (n != -Errno.ENOSYS) {
        return (int) n;
      }
      pwait2 = false;
    }
    long millis =
        timeoutNs < 0 ? -1 : Math.min(Integer.MAX_VALUE, Math.ceilDiv(timeoutNs, 1_000_000));
    return (int) call(EPOLL_PWAIT, epoll, into.address, into.capacity, millis, 0, 0);
  }

  private long timespec(long timeoutNs) {
    scratch.set(JAVA_LONG, 0, timeoutNs / 1_000_000_000);
    scratch.set(JAVA_LONG, 8, timeoutNs % 1_000_000_000);
    return scratch.address();
  }

  /** A new event counter at 0, non-blocking and close-on-exec. */
  public int eventfd() {
    return (int) call(SystemCall.EVENTFD2, 0, O_CLOEXEC | O_NONBLOCK, 0, 0);
  }

  /** Adds 1 to an event counter. */
  public int eventfdSignal(int fd) {
    scratch.set(JAVA_LONG, 0, 1);
    return (int) call(WRITE, fd, scratch.address(), 8, 0, 0, 0);
  }

  /** Takes an event counter back to 0; {@code -EAGAIN} where it was 0. */
  public int eventfdClear(int fd) {
    return (int) call(READ, fd, scratch.address(), 8, 0, 0, 0);
  }

  /** A new timer on the monotonic clock, not set, non-blocking and close-on-exec. */
  public int timerfd() {
    return (int) call(SystemCall.TIMERFD_CREATE, CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK, 0, 0);
  }

  /**
   * Sets a timer to become readable once, and to stay it until it is set again.
   *
   * @param aheadNs from now on; 0: never
   */
  public int timerfdSet(int fd, long aheadNs) {
    scratch.set(JAVA_LONG, 0, 0);
    scratch.set(JAVA_LONG, 8, 0);
    scratch.set(JAVA_LONG, 16, aheadNs / 1_000_000_000);
    scratch.set(JAVA_LONG, 24, aheadNs % 1_000_000_000);
    return (int) call(SystemCall.TIMERFD_SETTIME, fd, 0, scratch.address(), 0);
  }

  /**
   * A new pipe, close-on-exec.
   *
   * @param flags {@link #O_NONBLOCK} or 0, for both ends
   * @param ends gets the read end, then the write end
   */
  public int pipe(int flags, int[] ends) {
    int result = (int) call(SystemCall.PIPE2, scratch.address(), flags | O_CLOEXEC, 0, 0);
    return pair(result, ends);
  }

  /**
   * A pair of connected Unix sockets that keep message boundaries ({@code SOCK_SEQPACKET}),
   * close-on-exec.
   */
  public int socketpair(int[] ends) {
    int type = SOCK_SEQPACKET | O_CLOEXEC;
    return pair((int) call(SystemCall.SOCKETPAIR, AF_UNIX, type, 0, scratch.address()), ends);
  }

  /**
   * A new Unix socket, close-on-exec: of connections that keep message boundaries, or of datagrams.
   */
  public int localSocket(boolean datagrams) {
    int type = (datagrams ? SOCK_DGRAM : SOCK_SEQPACKET) | O_CLOEXEC;
    return (int) call(SystemCall.SOCKET, AF_UNIX, type, 0, 0);
  }

  /**
   * Gives a Unix socket its name: a path, or, after {@code @}, a name in the network namespace.
   * {@code -ENAMETOOLONG}: more than 107 bytes.
   */
  public int bindLocal(int fd, String name) {
    return local(SystemCall.BIND, fd, name);
  }

  /** Connects a Unix socket; the name as in {@link #bindLocal}. */
  public int connectLocal(int fd, String name) {
    return local(SystemCall.CONNECT, fd, name);
  }

  private int local(SystemCall which, int fd, String name) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length > LOCAL_NAME_MAX) {
      return -Errno.ENAMETOOLONG;
    }
    boolean isPath = !name.startsWith("@");
    try (Arena here = Arena.ofConfined()) {
      MemorySegment address = here.allocate(LOCAL_NAME_MAX + 3, 8);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      for (int i = 0; i < path.length; i++) {
        address.set(JAVA_BYTE, 2L + i, i == 0 && !isPath ? 0 : path[i]);
      }
      return (int) call(which, fd, address.address(), 2L + path.length + (isPath ? 1 : 0), 0);
    }
  }

  /** Lets others connect to a socket; so many may wait. */
  public int listen(int fd, int backlog) {
    return (int) call(SystemCall.LISTEN, fd, backlog, 0, 0);
  }

  /** Takes the next connection, close-on-exec; waits for it unless the socket is non-blocking. */
  public int accept(int fd) {
    return (int) call(SystemCall.ACCEPT4, fd, 0, 0, O_CLOEXEC);
  }

  /** Makes {@code number} another descriptor of an open file, close-on-exec; closes what it was. */
  public int duplicateTo(int fd, int number) {
    return (int) call(SystemCall.DUP3, fd, number, O_CLOEXEC, 0);
  }

  private int pair(int result, int[] ends) {
    if (result == 0) {
      ends[0] = scratch.get(JAVA_INT, 0);
      ends[1] = scratch.get(JAVA_INT, 4);
    }
    return result;
  }

  /** {@code fcntl} with an integer argument. */
  public int fcntl(int fd, int command, long argument) {
    return (int) call(SystemCall.FCNTL, fd, command, argument, 0);
  }

  /** Makes a descriptor (its open file, so for all that share it) non-blocking. */
  public int nonBlocking(int fd) {
    int flags = fcntl(fd, F_GETFL, 0);
    return flags < 0 ? flags : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  }

  /**
   * Waits for the descriptors of {@code count} entries of {@code struct pollfd} (int fd, short
   * events, short revents), and answers how many have something.
   *
   * @param timeoutNs negative: for ever
   */
  public int poll(long pollfdAddress, int count, long timeoutNs) {
    long timespec = timeoutNs < 0 ? 0 : timespec(timeoutNs);
    return (int) call(PPOLL, pollfdAddress, count, timespec, 0, KERNEL_SIGSET_BYTES, 0);
  }

  /**
   * Waits for one descriptor: the events that came, 0 after {@code timeoutNs}, or a negative errno.
   */
  public int pollOne(int fd, int events, long timeoutNs) {
    scratch.set(JAVA_INT, 16, fd);
    scratch.set(JAVA_INT, 20, events & 0xffff);
    int n = poll(scratch.address() + 16, 1, timeoutNs);
    return n <= 0 ? n : scratch.get(JAVA_INT, 20) >>> 16;
  }

  int sendmsg(int fd, long messageAddress, int flags) {
    return (int) call(SystemCall.SENDMSG, fd, messageAddress, flags, 0);
  }

  int recvmsg(int fd, long messageAddress, int flags) {
    return (int) call(SystemCall.RECVMSG, fd, messageAddress, flags, 0);
  }

  /** This process as its own pid namespace numbers it. */
  public int getpid() {
    return (int) call(SystemCall.GETPID, 0, 0, 0, 0);
  }

  /** The calling thread's kernel id. */
  public int gettid() {
    return (int) call(SystemCall.GETTID, 0, 0, 0, 0);
  }

  /**
   * A descriptor for a process, close-on-exec; readable when it has ended. Works on a zombie too.
   */
  public int pidfdOpen(int pid) {
    return (int) call(SystemCall.PIDFD_OPEN, pid, 0, 0, 0);
  }

  /** Sends a signal to the process behind a descriptor. */
  public int pidfdSendSignal(int pidfd, int signal) {
    return (int) call(SystemCall.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
  }

  /** Sends a signal to a process, or to the process group {@code -pid}. */
  public int kill(int pid, int signal) {
    return (int) call(SystemCall.KILL, pid, signal, 0, 0);
  }

  /**
   * Waits for a child: its pid, 0 with {@link #WNOHANG} when none has ended, or a negative errno.
   *
   * @param pid the child, or −1 for any
   * @param statusAddress 4 bytes for the wait status, or 0
   * @param rusageAddress {@link #RUSAGE_BYTES} bytes, or 0
   */
  public int wait4(int pid, long statusAddress, int options, long rusageAddress) {
    return (int) call(SystemCall.WAIT4, pid, statusAddress, options, rusageAddress);
  }

  /**
   * Looks for a child that has ended, and leaves it a zombie: its pid, 0 when none has ended, or a
   * negative errno ({@code -ECHILD}: there are no children).
   */
  public int peekEnded() {
    scratch.set(JAVA_INT, SIGINFO_PID, 0);
    long info = scratch.address();
    int result = (int) call(SystemCall.WAITID, P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT);
    return result < 0 ? result : scratch.get(JAVA_INT, SIGINFO_PID);
  }

  /** Leaves shared state or namespaces, the calling thread's only. */
  public int unshare(int flags) {
    return (int) call(SystemCall.UNSHARE, flags, 0, 0, 0);
  }

  /** Enters the namespace behind a descriptor, with the calling thread only. */
  public int setns(int fd, int kind) {
    return (int) call(SystemCall.SETNS, fd, kind, 0, 0);
  }

  /**
   * This process's limit of one kind.
   *
   * @param limit gets the soft one and the hard one
   */
  public int getLimit(int resource, long[] limit) {
    int result = (int) call(SystemCall.PRLIMIT64, 0, resource, 0, scratch.address());
    limit[0] = scratch.get(JAVA_LONG, 0);
    limit[1] = scratch.get(JAVA_LONG, 8);
    return result;
  }

  /** Reads from a place of a file, into memory; bytes read or a negative errno. */
  public long pread(int fd, long address, long bytes, long offset) {
    return call(SystemCall.PREAD64, fd, address, bytes, offset);
  }

  /** Sets a limit of a process, or with 0 of this one. */
  public int setLimit(int pid, int resource, long soft, long hard) {
    scratch.set(JAVA_LONG, 0, soft);
    scratch.set(JAVA_LONG, 8, hard);
    return (int) call(SystemCall.PRLIMIT64, pid, resource, scratch.address(), 0);
  }

  /** Gives up the controlling terminal behind a descriptor. */
  public int leaveTerminal(int fd) {
    return (int) call(SystemCall.IOCTL, fd, TIOCNOTTY, 0, 0);
  }

  /** Bytes that can be read from a pipe or socket now; or a negative errno. */
  public int readable(int fd) {
    int result = (int) call(SystemCall.IOCTL, fd, FIONREAD, scratch.address(), 0);
    return result < 0 ? result : scratch.get(JAVA_INT, 0);
  }

  /** {@code prctl} with one argument. */
  public int prctl(int option, long argument) {
    return (int) call(SystemCall.PRCTL, option, argument, 0, 0);
  }

  /**
   * Blocks signals of the calling thread, and answers the set that was blocked before: bit {@code
   * signal - 1} each.
   */
  public long blockSignals(int... signals) {
    scratch.set(JAVA_LONG, 0, signalSet(signals));
    long set = scratch.address();
    LinuxException.check(
        "rt_sigprocmask",
        call(SystemCall.RT_SIGPROCMASK, SIG_BLOCK, set, set + 8, KERNEL_SIGSET_BYTES));
    return scratch.get(JAVA_LONG, 8);
  }

  /** Sets the calling thread's blocked signals to a set that {@link #blockSignals} answered. */
  public void restoreSignals(long set) {
    scratch.set(JAVA_LONG, 0, set);
    LinuxException.check(
        "rt_sigprocmask",
        call(SystemCall.RT_SIGPROCMASK, SIG_SETMASK, scratch.address(), 0, KERNEL_SIGSET_BYTES));
  }

  /** The kernel's form of a set of signals. */
  public static long signalSet(int... signals) {
    long set = 0;
    for (int signal : signals) {
      set |= 1L << (signal - 1);
    }
    return set;
  }

  /**
   * A descriptor that delivers these signals, which every thread of the process must have blocked;
   * non-blocking.
   */
  public int signalfd(int... signals) {
    scratch.set(JAVA_LONG, 0, signalSet(signals));
    return (int)
        call(
            SystemCall.SIGNALFD4,
            -1,
            scratch.address(),
            KERNEL_SIGSET_BYTES,
            O_CLOEXEC | O_NONBLOCK);
  }

  /** Pins a thread (0: the calling one) to these processors, 0 to 1,023. */
  public int schedSetAffinity(int tid, int... cpus) {
    scratch.asSlice(0, CPU_SET_BYTES).fill((byte) 0);
    for (int cpu : cpus) {
      long at = (cpu >> 6) * 8L;
      scratch.set(JAVA_LONG, at, scratch.get(JAVA_LONG, at) | 1L << (cpu & 63));
    }
    return (int) call(SystemCall.SCHED_SETAFFINITY, tid, CPU_SET_BYTES, scratch.address(), 0);
  }

  /** The processors a thread (0: the calling one) may run on. Throws {@link LinuxException}. */
  public int[] schedGetAffinity(int tid) {
    scratch.asSlice(0, CPU_SET_BYTES).fill((byte) 0);
    LinuxException.check(
        "sched_getaffinity",
        call(SystemCall.SCHED_GETAFFINITY, tid, CPU_SET_BYTES, scratch.address(), 0));
    return java.util.stream.IntStream.range(0, CPU_SET_BYTES * 8)
        .filter(cpu -> (scratch.get(JAVA_LONG, (cpu >> 6) * 8L) >>> (cpu & 63) & 1) != 0)
        .toArray();
  }

  /** Eight bytes nobody can guess. Throws {@link LinuxException}. */
  public long random() {
    LinuxException.check("getrandom", call(SystemCall.GETRANDOM, scratch.address(), 8, 0, 0));
    return scratch.get(JAVA_LONG, 0);
  }
}
