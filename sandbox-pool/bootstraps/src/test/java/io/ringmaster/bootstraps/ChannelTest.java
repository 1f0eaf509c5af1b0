package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames, figures, logs, descriptors and the end of the process, seen from the engine's end of the
 * channel.
 */
class ChannelTest extends ChannelChecks {
  private static final String ECHO = "def handler(event, context): return event\n";

  private static Path interpreter;
  @TempDir static Path shared;
  private static Path bootstraps;

  @TempDir Path code;

  @BeforeAll
  static void extract() throws IOException {
    interpreter = Interpreters.standard();
    bootstraps = Bootstraps.extract(shared.resolve("bootstraps"));
  }

  ChannelTest() {
    super(
        new Functions(
            ECHO,
            "import time\ntime.sleep(0.05)\n" + ECHO,
            "def handler(event, context): return b'x' * event\n",
            "def handler(event, context):\n  if event: raise Exception('x' * event)\n",
            "def handler(event): return event[::-1]\n",
            "raise Exception('x' * 7_000_000)\n"));
  }

  @Override
  PythonSandbox start(String source) throws IOException {
    return PythonSandbox.start(interpreter, bootstraps, code, Map.of("app.py", source));
  }

  @Test
  void eventsThatAreNoText() throws Exception {
    try (PythonSandbox sandbox = ready(ECHO)) {
      sandbox.write(
          PythonSandbox.invocation(1, Request.of(""), new byte[] {'"', (byte) 0xff, '"'}));
      Frame error = sandbox.receive();
      assertEquals(PythonSandbox.ERROR, error.kind());
      assertTrue(
          error
              .text()
              .startsWith(
                  "{\"errorMessage\": \"Unable to unmarshal input: 'utf-8' codec can't decode byte"
                      + " 0xff in position 1: invalid start byte\", \"errorType\":"
                      + " \"Runtime.UnmarshalError\""),
          error::text);
    }
  }

  @Test
  void deeplyNestedEventsAreAnErrorOfTheInvocation() throws Exception {
    try (PythonSandbox sandbox = ready(ECHO)) {
      Frame error = sandbox.invoke(1, Request.of("[".repeat(200_000) + "]".repeat(200_000)));
      assertNotNull(error, sandbox::output);
      assertEquals(PythonSandbox.ERROR, error.kind());
      assertTrue(error.text().contains("Runtime.UnmarshalError"), error::text);
      assertEquals("[[1]]", answer(sandbox, "[[1]]"));
    }
  }

  @Test
  void shutdownRunsExitHooks() throws Exception {
    try (PythonSandbox sandbox =
        ready("import atexit\natexit.register(lambda: print('bye', end=''))\n" + ECHO)) {
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
      assertEquals(List.of("bye"), sandbox.records());
    }
  }

  @Test
  void theFunctionHasItsOwnVariablesAndNoneOfTheEngines() throws Exception {
    try (PythonSandbox sandbox =
        start(
                """
                import os, subprocess
                def handler(event, context):
                    seen = subprocess.run(["/usr/bin/env"], stdout=subprocess.PIPE).stdout.decode()
                    return [sorted(os.environ), sorted(l.split("=")[0] for l in seen.splitlines()), os.environ["QUOTE"]]
                """)
            .environment("QUOTE", "a\"b\\c é")) {
      assertEquals(PythonSandbox.READY, sandbox.bind("app.handler").kind());
      String names =
          "[\"AWS_LAMBDA_FUNCTION_MEMORY_SIZE\", \"AWS_LAMBDA_FUNCTION_NAME\","
              + " \"AWS_LAMBDA_FUNCTION_VERSION\", \"AWS_LAMBDA_LOG_GROUP_NAME\","
              + " \"AWS_LAMBDA_LOG_STREAM_NAME\", \"PYTHONDONTWRITEBYTECODE\", \"QUOTE\", \"TZ\"]";
      assertEquals(
          "[" + names + ", " + names + ", \"a\\\"b\\\\c \\u00e9\"]", answer(sandbox, "{}"));
    }
  }

  @Test
  void childrenInheritNoDescriptorOfTheRuntime() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import os, subprocess
            def handler(event, context):
                child = subprocess.run(["sh", "-c", "ls /proc/self/fd"], stdout=subprocess.PIPE, close_fds=False)
                own = open("/dev/null").fileno()
                return [child.stdout.decode().split(), own]
            """)) {
      // 3 is the listing itself
      assertEquals("[[\"0\", \"1\", \"2\", \"3\"], 3]", answer(sandbox, "{}"));
    }
  }

  @Test
  void aForkedChildThatReturnsAnswersNothing() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import os
            def handler(event, context):
                pid = os.fork()
                if pid == 0:
                    print("child")
                    return "from the child"
                status = os.waitpid(pid, 0)[1]
                print("parent")
                return status
            """)) {
      for (int sequence = 1; sequence <= 3; sequence++) {
        Frame answer = sandbox.invoke(sequence, Request.of("{}"));
        assertEquals(sequence, answer.sequence());
        assertEquals("0", answer.text());
        int record = 16 + "parent\n".length();
        assertEquals(
            (long) sequence * record,
            answer.logMark(),
            "the child's output is no record of this process");
      }
      sandbox.awaitLog(3L * (16 + 7 + 6));
      assertEquals(
          List.of("RAWchild\n", "parent\n", "RAWchild\n", "parent\n", "RAWchild\n", "parent\n"),
          sandbox.records());
    }
  }

  @Test
  void childrenOfForkedChildrenKeepTheirOwnFiles() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import os
            def handler(event, context):
                pid = os.fork()
                if pid == 0:
                    files = [os.dup2(0, n) for n in (510, 511, 512, 513, 514, 515)]
                    grandchild = os.fork()
                    if grandchild == 0:
                        for n in files: os.fstat(n)
                        os._exit(5)
                    os._exit(os.WEXITSTATUS(os.waitpid(grandchild, 0)[1]))
                return os.WEXITSTATUS(os.waitpid(pid, 0)[1])
            """)) {
      assertEquals("5", answer(sandbox, "{}"));
    }
  }

  @Test
  void nativeOutputIsRawAndLongOutputIsSplit() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import os
            def handler(event, context):
                os.write(1, b"native\\n")
                print("x" * 200000)
                return 1
            """)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      long expected = 200_001 + 5 * 16; // four pieces and the end of the line
      assertEquals(expected, answer.logMark());
      sandbox.awaitLog(expected + 7);
      List<String> records = sandbox.records();
      assertEquals("RAWnative\n", records.getFirst());
      assertEquals("x".repeat(200_000) + '\n', String.join("", records.subList(1, records.size())));
      records.forEach(record -> assertTrue(record.length() <= 65_536));
    }
  }

  @Test
  void recordsOfManyThreadsStayWhole() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import threading
            def shout(name):
                for i in range(20):
                    print(name * 9000)
            def handler(event, context):
                threads = [threading.Thread(target=shout, args=(n,)) for n in "abcd"]
                for t in threads: t.start()
                for t in threads: t.join()
            """)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      sandbox.awaitLog(answer.logMark());
      String whole = sandbox.output();
      assertEquals(80L * 9_001, whole.length());
      sandbox.records().forEach(record -> assertFalse(record.startsWith("RAW"), record));
    }
  }

  @Test
  void anEmptyEventIsNoRecord() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import logging, sys
            def handler(event, context):
                context.log("")
                logging.getLogger().handlers[0].log_sink.log("")
                sys.stdout.buffer.raw.write(b"")
                print("x")
            """)) {
      sandbox.awaitLog(sandbox.invoke(1, Request.of("{}")).logMark());
      assertEquals(List.of("x\n"), sandbox.allRecords());
    }
  }

  @Test
  void aLogPipeThatDoesNotBlockLosesNothing() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import os
            os.set_blocking(1, False)
            def handler(event, context):
                for i in range(400): print("n" * 9000)
                raise Exception("e" * 100_000)
            """)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      assertEquals(PythonSandbox.ERROR, answer.kind());
      sandbox.awaitLog(answer.logMark());
      List<String> records = sandbox.records();
      assertEquals(
          List.of("n".repeat(9_000) + '\n'), records.subList(0, 400).stream().distinct().toList());
      assertTrue(records.get(400).startsWith("[ERROR] Exception: eee"), records.get(400));
      assertEquals(answer.logMark(), sandbox.logBytes());
    }
  }

  @Test
  void aSignalsHandlerMayLogOrRaiseInsideOfARecord() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import logging, signal
            logging.getLogger().handlers[0].setFormatter(logging.Formatter("%(message)s\\n"))
            class Late(Exception): pass
            seen = 0
            def tick(number, frame):
                global seen
                seen += 1
                logging.warning("y" * 9000)
                raise Late()
            signal.signal(signal.SIGALRM, tick)
            def handler(event, context):
                while seen < 50:
                    try:
                        signal.setitimer(signal.ITIMER_REAL, 0.0005)
                        while True: logging.warning("x" * 60_000)
                    except Late:
                        pass
                return seen
            """)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      assertEquals(PythonSandbox.RESPONSE, answer.kind(), answer::text);
      sandbox.awaitLog(answer.logMark());
      assertEquals(answer.logMark(), sandbox.logBytes());
      String x = "x".repeat(60_000) + '\n';
      String y = "y".repeat(9_000) + '\n';
      assertTrue(List.of(x, y).containsAll(sandbox.records()));
      assertEquals(
          Integer.parseInt(answer.text()), sandbox.records().stream().filter(y::equals).count());
    }
  }

  @Test
  void memoryIsToldFirstAndThenOnlyWhenItGrew() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import time
            kept = []
            def handler(event, context):
                time.sleep(0.11)
                kept.append(bytes(b"x" * event))
            """)) {
      int first = sandbox.invoke(1, Request.of("0")).memoryKb();
      assertTrue(first > 4_000 && first < 1_000_000, first + " KiB");
      int grown = sandbox.invoke(2, Request.of("50000000")).memoryKb();
      assertTrue(grown > first + 40_000, grown + " KiB after " + first);
      int unchanged = sandbox.invoke(3, Request.of("0")).memoryKb();
      assertTrue(unchanged == 0 || unchanged > grown, unchanged + " KiB after " + grown);
    }
  }

  @Test
  void theTraceHeaderIsThatOfTheInvocation() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            "import os\n"
                + "def handler(event, context): return os.environ.get('_X_AMZN_TRACE_ID')\n")) {
      assertEquals("null", answer(sandbox, "{}"));
      for (String trace : new String[] {"Root=1-a", "Root=1-b", "Root=1-b"}) {
        assertEquals(
            '"' + trace + '"',
            sandbox.invoke(1, new Request("{}", trace, "", "", "", 1000)).text());
      }
      assertEquals("null", answer(sandbox, "{}"));
    }
  }

  @Test
  void remainingTimeFallsToZero() throws Exception {
    try (PythonSandbox sandbox =
        ready("def handler(event, context): return context.get_remaining_time_in_millis()\n")) {
      int remaining =
          Integer.parseInt(sandbox.invoke(1, new Request("1", "", "", "", "", 5_000)).text());
      assertTrue(remaining > 0 && remaining <= 5_000, remaining + " ms");
      assertEquals("0", sandbox.invoke(2, new Request("1", "", "", "", "", -5_000)).text());
    }
  }

  @Test
  void aHandlerThreadMayRunOn() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import threading
            go, done = threading.Event(), threading.Event()
            def late():
                go.wait(20)
                print("late")
                done.set()
            def handler(event, context):
                if event == "start":
                    threading.Thread(target=late, daemon=True).start()
                else:
                    go.set()
                    done.wait(20)
                return event
            """)) {
      assertEquals("\"start\"", answer(sandbox, "\"start\""));
      assertEquals("\"go\"", answer(sandbox, "\"go\""));
      assertEquals(List.of("late\n"), recordsAfter(sandbox, 16 + 5));
    }
  }

  private static List<String> recordsAfter(PythonSandbox sandbox, long bytes)
      throws InterruptedException {
    sandbox.awaitLog(bytes);
    return sandbox.records();
  }

  @Test
  void aSignalHandlerOfTheFunctionRuns() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import signal, time
            class TimeIsUp(Exception): pass
            def up(number, frame): raise TimeIsUp("soft limit")
            signal.signal(signal.SIGALRM, up)
            def handler(event, context):
                signal.setitimer(signal.ITIMER_REAL, 0.02)
                time.sleep(20)
            """)) {
      Frame error = sandbox.invoke(1, Request.of("{}"));
      assertEquals(PythonSandbox.ERROR, error.kind());
      assertTrue(
          error.text().startsWith("{\"errorMessage\": \"soft limit\", \"errorType\": \"TimeIsUp\""),
          error::text);
    }
  }

  @Test
  void deathBySignalIsDefault() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            "import os, signal\n"
                + "def handler(event, context): os.kill(os.getpid(), signal.SIGTERM)\n")) {
      assertNull(sandbox.invoke(1, Request.of("{}")));
      assertEquals(128 + 15, sandbox.exit());
    }
  }

  @Test
  void invocationsAreForgottenWhenTheyAreAnswered() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import gc, weakref
            class Big(dict): pass
            last = None
            def handler(event, context):
                global last
                gone = last is None or last() is None
                answer = Big(gone=gone)
                last = weakref.ref(answer)
                return answer
            """)) {
      assertEquals("{\"gone\": true}", answer(sandbox, "{}"));
      assertEquals("{\"gone\": true}", answer(sandbox, "{}"));
    }
  }

  @Test
  void closedAndReplacedStandardStreamsHarmNobody() throws Exception {
    try (PythonSandbox sandbox =
        ready(
            """
            import io, os, sys, contextlib
            def handler(event, context):
                if event == 1:
                    text = io.StringIO()
                    with contextlib.redirect_stdout(text):
                        print("kept")
                    return text.getvalue()
                if event == 2:
                    os.close(1); os.close(2)
                    print("still there")
                    return "closed"
                sys.stdout = None
                print("nowhere")
                return "none"
            """)) {
      assertEquals("\"kept\\n\"", answer(sandbox, "1"));
      assertEquals("\"closed\"", answer(sandbox, "2"));
      assertEquals("\"none\"", answer(sandbox, "3"));
      sandbox.awaitLog(16 + "still there\n".length());
      assertEquals(List.of("still there\n"), sandbox.records());
    }
  }

  @Test
  void nothingIsWrittenIntoTheBootstrapFolderThatChangesIt() throws Exception {
    byte[] before = Files.readAllBytes(bootstraps.resolve("python/bootstrap.py"));
    try (PythonSandbox sandbox = ready(ECHO)) {
      assertEquals("1", answer(sandbox, "1"));
    }
    assertArrayEquals(before, Files.readAllBytes(bootstraps.resolve("python/bootstrap.py")));
  }

  @Test
  void noProcessIsLeft() throws Exception {
    PythonSandbox sandbox = ready(ECHO);
    Optional<ProcessHandle> handle = ProcessHandle.of(sandbox.pid());
    sandbox.close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (handle.isPresent() && handle.get().isAlive() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertFalse(sandbox.isAlive());
  }
}
