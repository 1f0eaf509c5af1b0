package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Plays one row of the table of behaviours to a sandbox, of whatever runtime, and judges it. */
final class BehaviourCheck {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z");
  private static final Pattern MILLIS = Pattern.compile("\\[\\d{13}]");
  private static final int FIRST_SEQUENCE = 41;

  private BehaviourCheck() {}

  /**
   * Binds, invokes, and compares answers, exit status and log records.
   *
   * @param sandbox started, and waiting for a function; its runtime is the row's default
   * @param normal gives what the sandbox wrote the form that the rows have
   */
  static void check(Behaviour behaviour, PythonSandbox sandbox, UnaryOperator<String> normal)
      throws Exception {
    if (behaviour.options().containsKey("runtime")) {
      sandbox.runtime(behaviour.options().get("runtime"));
    }
    sandbox.logging(behaviour.option("format", "Text"), behaviour.option("level", ""));
    behaviour.variables().forEach(sandbox::environment);
    Frame bound = sandbox.bind(behaviour.option("handler", "app.handler"));
    long mark = 0;
    if (behaviour.initError() != null) {
      assertNotNull(bound, sandbox::output);
      assertEquals(PythonSandbox.INIT_ERROR, bound.kind(), sandbox::output);
      assertEquals(behaviour.initError(), normal.apply(bound.wholeText()));
    } else if (!behaviour.exchanges().isEmpty()) {
      assertNotNull(bound, sandbox::output);
      assertEquals(PythonSandbox.READY, bound.kind(), bound::wholeText);
      mark = exchange(behaviour, sandbox, normal);
    } else {
      assertNull(bound);
    }
    if (behaviour.exit() != null) {
      assertEquals(behaviour.exit(), sandbox.exit(), sandbox::output);
    } else {
      sandbox.awaitLog(mark);
      assertEquals(mark, sandbox.logBytes(), "the mark counts what was written");
    }
    assertEquals(
        String.join("\n---\n", behaviour.log()),
        normal.apply(String.join("\n---\n", sandbox.records())));
  }

  private static long exchange(
      Behaviour behaviour, PythonSandbox sandbox, UnaryOperator<String> normal) throws IOException {
    long mark = 0;
    long sequence = FIRST_SEQUENCE;
    for (Behaviour.Exchange exchange : behaviour.exchanges()) {
      Request request =
          new Request(
              exchange.event(),
              behaviour.option("trace", ""),
              behaviour.option("client-context", ""),
              behaviour.option("identity", ""),
              behaviour.option("tenant", ""),
              60_000);
      Frame answer = sandbox.invoke(sequence, request);
      answer = chunks(exchange, answer, sandbox, sequence);
      if (exchange.kind() == null) {
        assertNull(answer);
        continue;
      }
      assertNotNull(answer, sandbox::output);
      assertEquals(exchange.answer(), normal.apply(answer.text()));
      assertEquals(
          exchange.kind().equals("error") ? PythonSandbox.ERROR : PythonSandbox.RESPONSE,
          answer.kind());
      assertEquals(sequence, answer.sequence());
      mark = answer.logMark();
      sequence++;
    }
    return mark;
  }

  /** What comes after the chunks. */
  private static Frame chunks(
      Behaviour.Exchange exchange, Frame first, PythonSandbox sandbox, long sequence)
      throws IOException {
    StringBuilder text = new StringBuilder();
    Frame frame = first;
    while (frame != null && frame.kind() == PythonSandbox.CHUNK) {
      assertEquals(sequence, frame.sequence());
      boolean http = text.isEmpty() && "http".equals(exchange.stream());
      assertEquals(http ? 1 : 0, frame.flags(), "flags of a chunk");
      text.append(frame.wholeText());
      frame = sandbox.receive();
    }
    assertEquals(exchange.chunks(), exchange.stream() == null && text.isEmpty() ? null : text + "");
    return frame;
  }

  /** Without what differs from run to run. */
  static String normal(String text, Path code) {
    String normal =
        text.replace(code.toString(), "CODE").replace(PythonSandbox.REQUEST_ID, "REQUEST-ID");
    normal = MILLIS.matcher(normal).replaceAll("[MILLIS]");
    return TIME.matcher(normal).replaceAll("TIME");
  }
}
