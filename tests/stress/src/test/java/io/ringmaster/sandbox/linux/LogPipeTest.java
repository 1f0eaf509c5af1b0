package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.stress.Rounds;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much a process has written to its log is known while the log agent reads it. */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class LogPipeTest {
  private final Linux linux = new Linux();
  private final int[] ends = new int[2];
  private final AtomicBoolean over = new AtomicBoolean();

  private void readAll(LogPipe pipe) {
    Linux own = new Linux();
    MemorySegment into = own.allocate(64);
    Rounds pauses = new Rounds(2);
    while (!over.get()) {
      pipe.reading();
      pipe.read(Math.max(0, own.read(pipe.fd, into.address(), 64)));
      pauses.pause();
    }
  }

  @Test
  void whatWasWrittenIsKnownOrUnknown() throws InterruptedException {
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK | Linux.O_CLOEXEC, ends));
    LogPipe pipe = new LogPipe(ends[0]);
    Thread agent = Thread.ofPlatform().start(() -> readAll(pipe));
    int known = 0;
    int rounds = Rounds.of(50_000);
    try {
      MemorySegment bytes = linux.allocate(256);
      Rounds pauses = new Rounds(1);
      long total = 0;
      for (int round = 0; round < rounds; round++) {
        total += Math.max(0, linux.write(ends[1], bytes.address(), 1 + round % 100));
        pauses.pause();
        long written = pipe.written(linux);
        if (written != -1) {
          assertEquals(total, written, "in round " + round);
          known++;
        }
      }
    } finally {
      over.set(true);
      agent.join();
      linux.close(ends[0]);
      linux.close(ends[1]);
    }
    assertTrue(known > rounds / 2, known + " of " + rounds);
  }
}
