package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinuxTest {
  private final Linux linux = new Linux();
  private final int[] ends = new int[2];
  private int openBefore;

  @BeforeEach
  void count() {
    openBefore = open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertEquals(openBefore, open());
  }

  static int open() {
    return new File("/proc/self/fd").list().length;
  }

  @Test
  void failuresAreNegativeErrnos() {
    assertEquals(-Errno.EBADF, linux.close(-1));
    assertEquals(-Errno.EBADF, linux.read(-1, 0, 1));
    assertEquals(-Errno.ESRCH, linux.kill(Integer.MAX_VALUE, 0));
    assertEquals(-Errno.ECHILD, linux.wait4(Integer.MAX_VALUE, 0, Linux.WNOHANG, 0));
    assertEquals(-Errno.ENOENT, linux.open("/no/such/file", Linux.O_RDONLY));
    assertEquals("EAGAIN", Errno.name(Errno.EAGAIN));
  }

  @Test
  void bytesGoThroughAPipe() {
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK, ends));
    MemorySegment buffer = linux.allocate(64);
    assertEquals(-Errno.EAGAIN, linux.read(ends[0], buffer.address(), 8));
    buffer.set(JAVA_LONG, 0, 42);
    buffer.set(JAVA_LONG, 8, 43);
    buffer.set(JAVA_LONG, 32, buffer.address() + 8); // two vectors: the second long, then the first
    buffer.set(JAVA_LONG, 40, 8);
    buffer.set(JAVA_LONG, 48, buffer.address());
    buffer.set(JAVA_LONG, 56, 8);
    assertEquals(16, linux.writev(ends[1], buffer.address() + 32, 2));
    assertEquals(Linux.POLLIN, linux.pollOne(ends[0], Linux.POLLIN, 0));
    assertEquals(16, linux.read(ends[0], buffer.address() + 16, 16));
    assertEquals(43, buffer.get(JAVA_LONG, 16));
    assertEquals(42, buffer.get(JAVA_LONG, 24));
    assertEquals(0, linux.pollOne(ends[0], Linux.POLLIN, 1_000));
    assertEquals(4096, linux.fcntl(ends[1], Linux.F_SETPIPE_SZ, 4096));
    assertEquals(4096, linux.fcntl(ends[0], Linux.F_GETPIPE_SZ, 0));
    assertEquals(Linux.FD_CLOEXEC, linux.fcntl(ends[0], Linux.F_GETFD, 0));
    linux.close(ends[1]);
    assertEquals(0, linux.read(ends[0], buffer.address(), 8));
    linux.close(ends[0]);
  }

  @Test
  void epollTellsWhoIsReady() {
    int epoll = linux.epollCreate();
    int first = linux.eventfd();
    int second = linux.eventfd();
    EpollEvents events = linux.epollEvents(8);
    long data = 0x1234_5678_9abc_def0L;
    assertEquals(0, linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, first, Linux.EPOLLIN, data));
    assertEquals(0, linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, second, Linux.EPOLLIN, -7));
    assertEquals(0, linux.epollWait(epoll, events, 0));
    long start = System.nanoTime();
    assertEquals(0, linux.epollWait(epoll, events, 3_000_000));
    assertTrue(System.nanoTime() - start >= 3_000_000);
    assertEquals(8, linux.eventfdSignal(second));
    assertEquals(1, linux.epollWait(epoll, events, -1));
    assertEquals(-7, events.data(0));
    assertEquals(Linux.EPOLLIN, events.events(0));
    assertEquals(8, linux.eventfdSignal(first));
    assertEquals(2, linux.epollWait(epoll, events, 1_000_000_000));
    assertEquals(data - 7, events.data(0) + events.data(1));
    assertEquals(8, linux.eventfdClear(second));
    assertEquals(-Errno.EAGAIN, linux.eventfdClear(second));
    assertEquals(0, linux.epollControl(epoll, Linux.EPOLL_CTL_DEL, first, 0, 0));
    assertEquals(0, linux.epollWait(epoll, events, 0));
    linux.close(first);
    linux.close(second);
    linux.close(epoll);
  }

  @Test
  void affinityIsSetAndRead() throws InterruptedException {
    int[] all = linux.schedGetAffinity(0);
    int last = all[all.length - 1];
    int[][] seen = new int[1][];
    Thread pinned =
        Thread.ofPlatform()
            .start(
                () -> {
                  Linux own = new Linux();
                  assertEquals(0, own.schedSetAffinity(0, last));
                  seen[0] = own.schedGetAffinity(0);
                });
    pinned.join();
    assertArrayEquals(new int[] {last}, seen[0]);
    assertArrayEquals(all, linux.schedGetAffinity(0));
  }

  @Test
  void signalsAreBlockedPerThread() throws InterruptedException {
    long[] seen = new long[3];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  Linux own = new Linux();
                  seen[0] = own.blockSignals(Linux.SIGCHLD);
                  seen[1] = own.blockSignals(Linux.SIGTERM);
                  own.restoreSignals(seen[0]);
                  seen[2] = own.blockSignals();
                });
    thread.join();
    assertEquals(0, seen[0] & Linux.signalSet(Linux.SIGCHLD));
    assertEquals(seen[0] | Linux.signalSet(Linux.SIGCHLD), seen[1]);
    assertEquals(seen[0], seen[2]);
  }

  @Test
  void ownPidThroughAPidfd() {
    int pidfd = linux.pidfdOpen(linux.getpid());
    assertEquals(ProcessHandle.current().pid(), Pidfds.pid(pidfd));
    assertEquals(0, linux.pidfdSendSignal(pidfd, 0));
    assertEquals(0, linux.pollOne(pidfd, Linux.POLLIN, 0));
    linux.close(pidfd);
    assertTrue(linux.gettid() > 0);
    assertNotEquals(linux.random(), linux.random());
  }

  @Test
  void hotCallsAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int epoll = linux.epollCreate();
    int event = linux.eventfd();
    EpollEvents events = linux.epollEvents(8);
    MemorySegment polls = linux.allocate(8);
    polls.set(JAVA_INT, 0, event);
    polls.set(JAVA_INT, 4, Linux.POLLIN);
    linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, event, Linux.EPOLLIN, 5);
    long deadlineNs = System.nanoTime() + 20_000_000_000L; // until the loop is compiled
    long allocated;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      assertEquals(20_000L * (8 + 1 + 5 + 1 + 8), round(epoll, event, events, polls.address()));
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    } while (allocated > 2_048 && System.nanoTime() < deadlineNs);
    linux.close(epoll);
    linux.close(event);
    assertTrue(allocated <= 2_048, allocated + " bytes in 100,000 calls");
  }

  private long round(int epoll, int event, EpollEvents events, long polls) {
    long sum = 0;
    for (int i = 0; i < 20_000; i++) {
      sum += linux.eventfdSignal(event);
      sum += linux.epollWait(epoll, events, 1_000_000) + events.data(0);
      sum += linux.poll(polls, 1, 0);
      sum += linux.eventfdClear(event);
    }
    return sum;
  }
}
