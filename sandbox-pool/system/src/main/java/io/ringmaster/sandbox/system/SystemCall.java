package io.ringmaster.sandbox.system;

/** The table of system call numbers: x86_64, then arm64 (the generic table). */
enum SystemCall {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  MMAP(9, 222),
  MUNMAP(11, 215),
  RT_SIGPROCMASK(14, 135),
  IOCTL(16, 29),
  PREAD64(17, 67),
  WRITEV(20, 66),
  GETPID(39, 172),
  SOCKET(41, 198),
  CONNECT(42, 203),
  SENDMSG(46, 211),
  RECVMSG(47, 212),
  BIND(49, 200),
  LISTEN(50, 201),
  SOCKETPAIR(53, 199),
  WAIT4(61, 260),
  KILL(62, 129),
  FCNTL(72, 25),
  FTRUNCATE(77, 46),
  PRCTL(157, 167),
  GETTID(186, 178),
  SCHED_SETAFFINITY(203, 122),
  SCHED_GETAFFINITY(204, 123),
  EPOLL_CTL(233, 21),
  WAITID(247, 95),
  OPENAT(257, 56),
  PPOLL(271, 73),
  UNSHARE(272, 97),
  EPOLL_PWAIT(281, 22),
  TIMERFD_CREATE(283, 85),
  TIMERFD_SETTIME(286, 86),
  ACCEPT4(288, 242),
  SIGNALFD4(289, 74),
  EVENTFD2(290, 19),
  EPOLL_CREATE1(291, 20),
  DUP3(292, 24),
  PIPE2(293, 59),
  PRLIMIT64(302, 261),
  SETNS(308, 268),
  GETRANDOM(318, 278),
  MEMFD_CREATE(319, 279),
  PIDFD_SEND_SIGNAL(424, 424),
  PIDFD_OPEN(434, 434),
  EPOLL_PWAIT2(441, 441);

  final int x86;
  final int arm;

  /** The number on this machine; −1 (the kernel's ENOSYS) where it is neither of the two. */
  final long number;

  SystemCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
    this.number = number(Architecture.CURRENT);
  }

  private long number(Architecture architecture) {
    return switch (architecture) {
      case X86_64 -> x86;
      case ARM64 -> arm;
      case null -> -1;
    };
  }
}
