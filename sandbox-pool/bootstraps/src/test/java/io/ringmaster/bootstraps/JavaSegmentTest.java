package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java bootstrap with shared memory beside its pipes. */
@Timeout(60)
class JavaSegmentTest {
  private static final int DOORBELL = 4;
  private static final int RESPONSE_DOORBELL = 22;
  private static final int SKIPPED = 23;
  private static final int REVOCABLE = 4;

  @TempDir static Path temporary;
  private static Path code;
  private static Launch launch;

  @TempDir Path own;
  private SegmentEnd segment;

  @BeforeAll
  static void compile() throws IOException {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    code = Files.createDirectory(temporary.resolve("code")).toRealPath();
    JavaFunctions.compile(bootstraps, code, "/functions/java/cases/Cases.java.txt");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    launch = Launch.of("java", java, Runtime.version().feature(), 0, bootstraps, 256);
  }

  private PythonSandbox bound() throws IOException {
    segment = new SegmentEnd(own.resolve("segment"));
    PythonSandbox sandbox = ProgramSandbox.start(launch, code, segment.file());
    Frame ready = sandbox.segment(SegmentEnd.BYTES).bind("cases.Cases::length");
    assertNotNull(ready, sandbox::output);
    assertEquals(PythonSandbox.READY, ready.kind(), ready::wholeText);
    return sandbox;
  }

  private static byte[] invocation(long sequence, int length) {
    return PythonSandbox.invocation(sequence, Request.of('"' + "x".repeat(length) + '"'));
  }

  /** A doorbell may come late, for an answer that was seen. */
  private static Frame fromPipe(PythonSandbox sandbox) throws IOException {
    Frame answer = sandbox.receive();
    while (answer.kind() == RESPONSE_DOORBELL) {
      answer = sandbox.receive();
    }
    return answer;
  }

  private void awaitSleep(PythonSandbox sandbox) {
    while (segment.sandboxPolls()) {
      assertTrue(sandbox.isAlive(), sandbox::output);
      assertFalse(Thread.currentThread().isInterrupted(), "it does not sleep");
      Thread.onSpinWait();
    }
  }

  private Frame fromSlot(PythonSandbox sandbox) {
    Frame answer = segment.poll();
    while (answer == null) {
      assertTrue(sandbox.isAlive(), sandbox::output);
      assertFalse(Thread.currentThread().isInterrupted(), "nothing came");
      Thread.onSpinWait();
      answer = segment.poll();
    }
    return answer;
  }

  private void ring(PythonSandbox sandbox, boolean needed) throws IOException {
    if (needed) {
      sandbox.send(DOORBELL, 0, new byte[0]);
    }
  }

  private static void assertAnswer(long sequence, int length, Frame answer) {
    assertEquals(PythonSandbox.RESPONSE, answer.kind());
    assertEquals(sequence, answer.sequence());
    assertEquals(Integer.toString(length), answer.text());
  }

  @Test
  void withoutAnybodyWhoLooksItIsAsWithPipesAlone() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i <= 20; i++) {
        sandbox.write(invocation(i, i));
        assertAnswer(i, i, sandbox.receive());
        assertFalse(segment.sandboxPolls());
        assertNull(segment.poll());
      }
    }
  }

  @Test
  void framesGoBySlotsWhileTheEngineLooks() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.polls(true);
      sandbox.write(invocation(1, 7));
      assertAnswer(1, 7, fromSlot(sandbox));
      for (int i = 2; i <= 1000; i++) {
        ring(sandbox, segment.put(invocation(i, i), 0));
        assertAnswer(i, i, fromSlot(sandbox));
      }
      for (int length : new int[] {65_000, 66_000, 1_000_000}) { // what does not fit
        sandbox.write(invocation(2000, length));
        assertAnswer(2000, length, fromSlot(sandbox));
      }
    }
  }

  /** Each side looks or sleeps as it likes, and every frame arrives. */
  @Test
  void everyFrameArrivesHoweverItGoes() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      Random random = new Random(1);
      int slots = 0;
      for (int i = 1; i <= 3000; i++) {
        boolean polls = random.nextInt(4) > 0;
        segment.polls(polls);
        if (segment.sandboxPolls() || random.nextInt(8) == 0) {
          ring(sandbox, segment.put(invocation(i, i % 100), 0));
        } else {
          sandbox.write(invocation(i, i % 100));
        }
        if (random.nextInt(8) == 0) {
          sandbox.send(DOORBELL, 0, new byte[0]); // in vain
        }
        if (polls) {
          assertAnswer(i, i % 100, fromSlot(sandbox));
          slots++;
        } else {
          assertAnswer(i, i % 100, fromPipe(sandbox));
        }
      }
      assertTrue(slots > 1000);
    }
  }

  @Test
  void anAnswerIsRungForWhereTheEngineStoppedLooking() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.polls(true);
      int rung = 0;
      for (int i = 1; i <= 20_000 && rung == 0; i++) {
        ring(sandbox, segment.put(invocation(i, 3), 0));
        for (int spins = i % 97; spins > 0; spins--) {
          Thread.onSpinWait();
        }
        segment.polls(false); // as it goes to sleep
        Frame answer = segment.poll();
        while (answer == null) { // it comes by the pipe, or a doorbell does, perhaps a late one
          answer = sandbox.receive();
          if (answer.kind() == RESPONSE_DOORBELL) {
            rung++;
            answer = segment.poll();
          }
        }
        assertAnswer(i, 3, answer);
        segment.polls(true);
      }
    }
  }

  @Test
  void whatWasRevokedIsSkipped() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.put(invocation(1, 1), REVOCABLE);
      segment.revoke();
      ring(sandbox, true);
      Frame skipped = sandbox.receive();
      assertEquals(SKIPPED, skipped.kind());
      assertEquals(1, skipped.sequence());
      assertEquals(0, skipped.body().length);
      assertEquals(1, segment.taking());
      segment.put(invocation(2, 2), REVOCABLE);
      ring(sandbox, true);
      assertAnswer(2, 2, sandbox.receive());
      assertEquals(2, segment.taking());
      segment.put(invocation(3, 3), 0);
      ring(sandbox, true);
      assertAnswer(3, 3, sandbox.receive());
    }
  }

  @Test
  void requestsShareADoorbellAndAreRevokedOneByOne() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i < 100; i += 7) {
        segment.revoke(i + 5);
        segment.revoke(i + 2);
        for (int k = 0; k < 7; k++) {
          segment.put(invocation(i + k, k), k == 0 ? 0 : REVOCABLE);
        }
        ring(sandbox, true);
        for (int k = 0; k < 7; k++) {
          Frame frame = sandbox.receive();
          if (frame.kind() == SKIPPED) {
            assertEquals(i + k, frame.sequence());
            assertTrue(k == 2 || k == 5, frame::wholeText);
          } else {
            assertAnswer(i + k, k, frame);
            assertTrue(k != 2 && k != 5, frame::wholeText);
          }
        }
      }
    }
  }

  @Test
  void anEngineThatSleepsIsWokenOnce() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i < 100; i += 3) {
        awaitSleep(sandbox); // what it may ring for late is behind it
        segment.sleeps(1 + i);
        for (int k = 0; k < 3; k++) {
          segment.put(invocation(i + k, k), k == 0 ? 0 : REVOCABLE);
        }
        ring(sandbox, true);
        assertAnswer(i, 0, sandbox.receive());
        assertAnswer(i + 1, 1, fromSlot(sandbox));
        assertAnswer(i + 2, 2, fromSlot(sandbox));
      }
    }
  }

  @Test
  void whatIsInThePipeComesBeforeWhatWasPutBehindIt() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i < 200; i += 2) {
        segment.pipes();
        ring(sandbox, segment.put(invocation(i + 1, i + 1), REVOCABLE));
        sandbox.write(invocation(i, i));
        assertAnswer(i, i, sandbox.receive());
        assertAnswer(i + 1, i + 1, sandbox.receive());
      }
    }
  }

  /** What lies in the slot already must not keep it from the pipe. */
  @Test
  void oneThatLooksReadsThePipeThatComesFirst() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.polls(true);
      for (int i = 1; i < 30; i += 3) {
        segment.pipes();
        sandbox.write(invocation(i, 1_000_000));
        segment.pipes(); // while it runs, or looks for more
        ring(sandbox, segment.put(invocation(i + 2, i + 2), REVOCABLE));
        assertAnswer(i, 1_000_000, fromSlot(sandbox));
        sandbox.write(invocation(i + 1, i + 1));
        assertAnswer(i + 1, i + 1, fromSlot(sandbox));
        assertAnswer(i + 2, i + 2, fromSlot(sandbox));
      }
    }
  }

  @Test
  void theProcessEndsWithItsEngineWhileItLooks() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.polls(true);
      sandbox.write(invocation(1, 1));
      assertAnswer(1, 1, fromSlot(sandbox));
      sandbox.closeRequests();
      assertNull(sandbox.receive());
      assertEquals(0, sandbox.exit());
    }
  }

  @Test
  void aFrameThatCannotBeEndsTheProcess() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      byte[] frame = invocation(1, 1);
      frame[2] = 1; // longer than its slot
      segment.put(frame, 0);
      ring(sandbox, true);
      assertNull(sandbox.receive());
      assertEquals(1, sandbox.exit());
    }
  }
}
