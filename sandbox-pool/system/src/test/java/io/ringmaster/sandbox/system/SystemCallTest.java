package io.ringmaster.sandbox.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SystemCallTest {
  /** As the kernel's own tables list them: arch/x86/entry/syscalls/syscall_64.tbl. */
  private static final String X86 =
      "read 0 write 1 close 3 mmap 9 munmap 11 ftruncate 77 rt_sigprocmask 14 ioctl 16 pread64 17"
          + " writev 20 getpid 39 socket 41 connect 42 sendmsg 46 recvmsg 47 bind 49 listen 50"
          + " socketpair 53 wait4 61 kill 62 fcntl 72 prctl 157 gettid 186 sched_setaffinity 203"
          + " sched_getaffinity 204 epoll_ctl 233 waitid 247 openat 257 ppoll 271 unshare 272"
          + " epoll_pwait 281 timerfd_create 283 timerfd_settime 286 accept4 288 signalfd4 289"
          + " eventfd2 290 epoll_create1 291 dup3 292 pipe2 293 prlimit64 302 setns 308 getrandom"
          + " 318 memfd_create 319 pidfd_send_signal 424 pidfd_open 434 epoll_pwait2 441";

  /** The generic table, scripts/syscall.tbl, which arm64 uses. */
  private static final String GENERIC =
      "ftruncate 46 munmap 215 mmap 222 eventfd2 19 epoll_create1 20 epoll_ctl 21 epoll_pwait 22"
          + " dup3 24 fcntl 25 ioctl 29 openat 56 close 57 pipe2 59 read 63 write 64 writev 66"
          + " pread64 67 ppoll 73 signalfd4 74 timerfd_create 85 timerfd_settime 86 waitid 95"
          + " unshare 97 sched_setaffinity 122 sched_getaffinity 123 kill 129 rt_sigprocmask 135"
          + " prctl 167 getpid 172 gettid 178 socket 198 socketpair 199 bind 200 listen 201 connect"
          + " 203 sendmsg 211 recvmsg 212 accept4 242 wait4 260 prlimit64 261 setns 268 getrandom"
          + " 278 memfd_create 279 pidfd_send_signal 424 pidfd_open 434 epoll_pwait2 441";

  @Test
  void numbersAreTheKernels() {
    assertEquals(parse(X86), table(call -> call.x86));
    assertEquals(parse(GENERIC), table(call -> call.arm));
  }

  @Test
  void epollEventIsPackedOnX86Only() {
    assertEquals(12, Architecture.X86_64.epollEventBytes);
    assertEquals(4, Architecture.X86_64.epollDataOffset);
    assertEquals(16, Architecture.ARM64.epollEventBytes);
    assertEquals(8, Architecture.ARM64.epollDataOffset);
    assertEquals(Architecture.ARM64, Architecture.of("aarch64"));
    assertEquals(Architecture.X86_64, Architecture.of("amd64"));
    assertNull(Architecture.of("riscv64"));
  }

  private static Map<String, Integer> table(ToIntFunction<SystemCall> column) {
    return Arrays.stream(SystemCall.values())
        .collect(
            Collectors.toMap(
                call -> call.name().toLowerCase(java.util.Locale.ROOT), column::applyAsInt));
  }

  private static Map<String, Integer> parse(String text) {
    String[] words = text.split(" ");
    return java.util.stream.IntStream.range(0, words.length / 2)
        .boxed()
        .collect(Collectors.toMap(i -> words[2 * i], i -> Integer.parseInt(words[2 * i + 1])));
  }
}
