package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The Python bootstrap with shared memory beside its pipes, before an engine that never looks. */
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

  @Test
  void twoRequestsMayShareADoorbell() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      for (int i = 1; i < 100; i += 2) {
        segment.put(invocation(i), REVOCABLE);
        segment.revoke();
        segment.put(invocation(i + 1), i % 3 == 0 ? REVOCABLE : 0);
        sandbox.send(DOORBELL, 0, new byte[0]);
        Frame skipped = sandbox.receive();
        assertEquals(SKIPPED, skipped.kind());
        assertEquals(i, skipped.sequence());
        assertAnswer(i + 1, sandbox.receive());
      }
    }
  }

  /** The doorbell is used up by the request before it, which is in the pipe. */
  @Test
  void aDoorbellForOneThatMustWait() throws Exception {
    try (PythonSandbox sandbox = bound()) {
      segment.put(invocation(1), REVOCABLE);
      segment.revoke();
      segment.pipes();
      sandbox.send(DOORBELL, 0, new byte[0]);
      sandbox.write(invocation(2));
      assertAnswer(2, sandbox.receive());
      segment.put(invocation(3), 0);
      sandbox.send(DOORBELL, 0, new byte[0]);
      Frame skipped = sandbox.receive();
      assertEquals(SKIPPED, skipped.kind());
      assertEquals(1, skipped.sequence());
      assertAnswer(3, sandbox.receive());
    }
  }
}
