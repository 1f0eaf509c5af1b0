package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The Python bootstrap with shared memory beside its pipes, before an engine that sleeps. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PythonSegmentTest {
  private static final int DOORBELL = 4;
  private static final int SKIPPED = 23;
  private static final int REVOCABLE = 4;

  @TempDir Path folder;
  private SegmentEnd segment;

  private PythonSandbox bound() throws IOException {
    segment = new SegmentEnd(folder.resolve("segment"));
    Path bootstraps = Bootstraps.extract(folder.resolve("bootstraps"));
    Map<String, String> files = Map.of("app.py", "def handler(event, context): return event\n");
    PythonSandbox sandbox =
        PythonSandbox.start(
            Interpreters.standard(), bootstraps, folder.resolve("code"), files, segment.file());
    Frame ready = sandbox.segment(SegmentEnd.BYTES).bind("app.handler");
    assertNotNull(ready, sandbox::output);
    assertEquals(PythonSandbox.READY, ready.kind(), ready::wholeText);
    return sandbox;
  }

  private static byte[] invocation(int number) {
    return PythonSandbox.invocation(number, Request.of(Integer.toString(number)));
  }

  private static void assertAnswer(int number, Frame answer) {
    assertEquals(PythonSandbox.RESPONSE, answer.kind());
    assertEquals(number, answer.sequence());
    assertEquals(Integer.toString(number), answer.text());
  }

  private static void assertSkipped(int number, Frame frame) {
    assertEquals(SKIPPED, frame.kind());
    assertEquals(number, frame.sequence());
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

  @Test
  void requestsMayShareADoorbell() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i < 100; i += 7) {
        for (int k = 0; k < 7; k++) {
          if (k == 1 || k == 4 || k == 6) {
            segment.revoke(i + k);
          }
          segment.put(invocation(i + k), k == 0 ? 0 : REVOCABLE);
        }
        sandbox.send(DOORBELL, 0, new byte[0]);
        for (int k = 0; k < 7; k++) {
          Frame frame = sandbox.receive();
          if (k == 1 || k == 4 || k == 6) {
            assertSkipped(i + k, frame);
          } else {
            assertAnswer(i + k, frame);
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
          segment.put(invocation(i + k), k == 0 ? 0 : REVOCABLE);
        }
        sandbox.send(DOORBELL, 0, new byte[0]);
        assertAnswer(i, sandbox.receive());
        assertAnswer(i + 1, fromSlot(sandbox));
        assertAnswer(i + 2, fromSlot(sandbox));
      }
    }
  }

  /** The doorbell is used up by the request before it, which is in the pipe. */
  @Test
  void aDoorbellForOneThatMustWait() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.pipes();
      segment.revoke(1);
      segment.put(invocation(2), REVOCABLE);
      segment.put(invocation(3), REVOCABLE);
      sandbox.send(DOORBELL, 0, new byte[0]);
      sandbox.write(invocation(1));
      assertAnswer(1, sandbox.receive());
      assertSkipped(2, sandbox.receive());
      assertAnswer(3, sandbox.receive());
    }
  }
}
