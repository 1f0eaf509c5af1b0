package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the engine's end of the channel sees of a bootstrap, whatever its language. */
@Timeout(60)
abstract class ChannelChecks {
  private static final int RESPONSE_MAX = 6_291_556;

  /**
   * Functions in the bootstrap's language.
   *
   * @param echo answers the event
   * @param slow the same, after loading for 50 ms
   * @param sized answers as many bytes as the event, a number, says
   * @param failing raises an error with as many characters; at 0 it answers null
   * @param reversing turns raw bytes round
   * @param broken fails to load with 7,000,000 characters
   */
  record Functions(
      String echo, String slow, String sized, String failing, String reversing, String broken) {}

  private final Functions functions;

  ChannelChecks(Functions functions) {
    this.functions = functions;
  }

  /** A process that has the function's source, and is not bound. */
  abstract PythonSandbox start(String source) throws IOException;

  final PythonSandbox ready(String source) throws IOException {
    PythonSandbox sandbox = start(source);
    Frame bound = sandbox.bind("app.handler");
    assertNotNull(bound, sandbox::output);
    assertEquals(PythonSandbox.READY, bound.kind(), bound::wholeText);
    return sandbox;
  }

  static String answer(PythonSandbox sandbox, String event) throws IOException {
    Frame answer = sandbox.invoke(1, Request.of(event));
    assertNotNull(answer, sandbox::output);
    assertEquals(PythonSandbox.RESPONSE, answer.kind(), answer::text);
    return answer.text();
  }

  @Test
  void tellsItsPidAndVersionBeforeItIsBound() throws Exception {
    try (PythonSandbox sandbox = start(functions.echo)) {
      Frame started = sandbox.receive();
      assertEquals(PythonSandbox.STARTED, started.kind());
      assertTrue(
          started
              .wholeText()
              .matches(
                  "\\{\"pid\": ?" + sandbox.pid() + ", ?\"version\": ?\"\\d+\\.\\d+\\.\\d+\"}"),
          started.wholeText());
    }
  }

  @Test
  void readyCarriesTheTimeThatLoadingTook() throws Exception {
    try (PythonSandbox sandbox = start(functions.slow)) {
      long ns =
          ByteBuffer.wrap(sandbox.bind("app.handler").body())
              .order(ByteOrder.LITTLE_ENDIAN)
              .getLong();
      assertTrue(ns >= 50_000_000 && ns < 30_000_000_000L, ns + " ns");
    }
  }

  @Test
  void framesInPiecesAndSeveralAtOnce() throws Exception {
    try (PythonSandbox sandbox = ready(functions.echo)) {
      byte[] whole = PythonSandbox.invocation(5, Request.of("\"piece\""));
      for (byte part : whole) {
        sandbox.write(new byte[] {part});
      }
      Frame first = sandbox.receive();
      assertEquals(5, first.sequence());
      assertEquals("\"piece\"", first.text());

      ByteArrayOutputStream four = new ByteArrayOutputStream();
      long[] sequences = {6, 7, 1L << 40};
      for (long sequence : sequences) {
        four.write(PythonSandbox.invocation(sequence, Request.of("" + sequence)));
      }
      four.write(PythonSandbox.frame(PythonSandbox.SHUTDOWN, 0, new byte[0]));
      sandbox.write(four.toByteArray());
      for (long sequence : sequences) {
        Frame next = sandbox.receive();
        assertEquals(sequence, next.sequence());
        assertEquals("" + sequence, next.text());
      }
      assertNull(sandbox.receive());
      assertEquals(0, sandbox.exit());
    }
  }

  @Test
  void largeEventsAndAnswers() throws Exception {
    try (PythonSandbox sandbox = ready(functions.echo)) {
      for (int length : new int[] {4_000, 21_800, 65_400, 65_536, 70_000, 1 << 20, 6_000_000}) {
        String event = '"' + "x".repeat(length) + '"';
        assertEquals(event, answer(sandbox, event));
      }
      assertEquals("1", answer(sandbox, "1"));
    }
  }

  @Test
  void anAnswerOverTheLimitIsAnErrorAndTheSandboxLives() throws Exception {
    try (PythonSandbox sandbox = ready(functions.sized)) {
      Frame largest = sandbox.invoke(1, Request.of("" + RESPONSE_MAX));
      assertEquals(PythonSandbox.RESPONSE, largest.kind());
      assertEquals(16 + RESPONSE_MAX, largest.body().length);
      Frame tooLarge = sandbox.invoke(2, Request.of("" + (RESPONSE_MAX + 1)));
      assertEquals(PythonSandbox.ERROR, tooLarge.kind());
      assertEquals(
          "{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size (6291556"
              + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}",
          tooLarge.text());
      assertEquals(3, answer(sandbox, "3").length());
    }
  }

  @Test
  void anErrorDocumentOverTheLimitIsReplaced() throws Exception {
    try (PythonSandbox sandbox = ready(functions.failing)) {
      Frame error = sandbox.invoke(1, Request.of("7000000"));
      assertEquals(PythonSandbox.ERROR, error.kind());
      assertTrue(error.text().contains("Function.ResponseSizeTooLarge"), error::text);
      assertEquals("null", answer(sandbox, "0"));
    }
  }

  @Test
  void aDocumentOfAFailedInitOverTheLimitIsReplaced() throws Exception {
    try (PythonSandbox sandbox = start(functions.broken)) {
      Frame bound = sandbox.bind("app.handler");
      assertEquals(PythonSandbox.INIT_ERROR, bound.kind());
      assertTrue(bound.body().length < 200, bound.body().length + " bytes");
      assertTrue(bound.wholeText().contains("Function.ResponseSizeTooLarge"), bound::wholeText);
    }
  }

  @Test
  void rawModePassesBytes() throws Exception {
    try (PythonSandbox sandbox = start(functions.reversing).raw()) {
      assertEquals(PythonSandbox.READY, sandbox.bind("app.handler").kind());
      for (int length : new int[] {0, 1, 64, 70_000, 300_000}) {
        byte[] event = new byte[length];
        byte[] reversed = new byte[length];
        for (int i = 0; i < length; i++) {
          event[i] = (byte) i;
          reversed[length - 1 - i] = (byte) i;
        }
        Request facts = new Request("", "Root=1", "{}", "{}", "t", 1000);
        sandbox.write(PythonSandbox.invocation(9, facts, event));
        Frame answer = sandbox.receive();
        assertEquals(9, answer.sequence());
        assertArrayEquals(reversed, Arrays.copyOfRange(answer.body(), 16, answer.body().length));
      }
    }
  }

  @Test
  void anUnboundProcessEndsWhenItIsTold() throws Exception {
    try (PythonSandbox sandbox = start(functions.echo)) {
      assertEquals(PythonSandbox.STARTED, sandbox.receive().kind());
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
    }
  }

  @Test
  void theProcessEndsWithTheEngineBoundOrNot() throws Exception {
    try (PythonSandbox unbound = start(functions.echo);
        PythonSandbox bound = ready(functions.echo)) {
      assertEquals(PythonSandbox.STARTED, unbound.receive().kind());
      unbound.closeRequests();
      assertEquals(0, unbound.exit());
      assertEquals("1", answer(bound, "1"));
      bound.closeRequests();
      assertNull(bound.receive());
      assertEquals(0, bound.exit());
    }
  }

  @Test
  void aFrameOfAnUnknownKindEndsTheProcess() throws Exception {
    try (PythonSandbox sandbox = ready(functions.echo)) {
      sandbox.send(99, 0, new byte[100]);
      assertNull(sandbox.receive());
      assertEquals(70, sandbox.exit());
    }
  }
}
