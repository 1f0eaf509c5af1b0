package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeResolutionTest {
  private final LinkedBlockingQueue<Note> notes = new LinkedBlockingQueue<>();

  private RuntimeMatch next() throws InterruptedException {
    Note note = notes.poll(20, TimeUnit.SECONDS);
    return ((Note.Resolved) note).match();
  }

  @Test
  void aLookThatFailsFindsNothingAndTheNextGoesOn() throws Exception {
    RuntimeResolution resolution =
        new RuntimeResolution(
            runtime -> {
              if (runtime.equals("ruby3.3")) {
                throw new IllegalStateException("on purpose");
              }
              return RuntimeMatch.none(runtime, "looked");
            },
            notes::add);
    resolution.resolve("ruby3.3");
    resolution.resolve("java21");
    RuntimeMatch failed = next();
    assertEquals("ruby3.3", failed.runtime());
    assertEquals(RuntimeMatch.NONE, failed.match());
    assertTrue(failed.reason().contains("on purpose"), failed::reason);
    assertEquals("looked", next().reason());
    resolution.close();
  }

  @Test
  void closingEndsALook() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RuntimeResolution resolution =
        new RuntimeResolution(
            runtime -> {
              looking.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return RuntimeMatch.none(runtime, "interrupted");
            },
            notes::add);
    resolution.resolve("ruby3.3");
    resolution.resolve("java21");
    looking.await();
    resolution.close();
    assertEquals("ruby3.3", next().runtime());
    assertTrue(notes.isEmpty(), "what was not begun is not begun any more");
  }

  @Test
  void closingWithoutALook() {
    new RuntimeResolution(runtime -> null, notes::add).close();
    assertTrue(notes.isEmpty());
  }
}
