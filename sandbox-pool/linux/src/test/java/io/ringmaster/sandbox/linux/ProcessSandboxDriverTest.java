package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver with a real keeper and real Python processes, one bench for all; each test leaves it
 * empty.
 */
class ProcessSandboxDriverTest {
  @TempDir static Path folder;
  private static int descriptorsBefore;
  private static Set<Long> childrenBefore;
  private static Bench bench;

  @BeforeAll
  static void open() throws Exception {
    try (Bench first = new Bench(folder.resolve("warm"), 1)) {
      first.ready(first.function("def handler(e, c):\n  return e\n"));
    }
    descriptorsBefore = descriptors();
    childrenBefore = children();
    bench = new Bench(folder, 2);
  }

  @AfterEach
  void empty() {
    for (ProcessDriverStatus.SandboxStatus sandbox : bench.pool.status().sandboxes()) {
      bench.driver.discard(sandbox.sandbox(), Fault.EVICTED);
    }
    bench.quiet(1_000_000);
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    bench.close();
    assertEquals(childrenBefore, children());
    assertEquals(descriptorsBefore, descriptors());
    assertFalse(Files.exists(folder.resolve("data/environments")));
  }

  private static int descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count();
    }
  }

  private static Set<Long> children() {
    TreeSet<Long> pids = new TreeSet<>();
    ProcessHandle.current().descendants().forEach(child -> pids.add(child.pid()));
    return pids;
  }

  @Test
  void answersAndErrorsComeBack() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                def handler(e, c):
                  if e == 'bad':
                    raise ValueError('no')
                  return [e]
                """));
    assertEquals("[{\"a\": 1}]", bench.invoke(sandbox, "{\"a\":1}"));
    OfferedInvocation bad = bench.offer(sandbox, "\"bad\"");
    Event error = bench.expect("error", sandbox);
    assertEquals(bad.sequence, error.number());
    assertTrue(
        bad.answer().startsWith("{\"errorMessage\": \"no\", \"errorType\": \"ValueError\""),
        bad.answer());
    assertEquals(1, bad.responseBuffer().chunkCount());
    assertEquals("[2]", bench.invoke(sandbox, "2"));
  }

  @Test
  void aBusySlotIsFull() throws Exception {
    int sandbox = bench.ready(bench.function("def handler(e, c):\n  return e\n"));
    List<OfferedInvocation> inside = new ArrayList<>();
    for (int i = 0; i <= bench.driver.prefetches(sandbox); i++) {
      inside.add(bench.offer(sandbox, Integer.toString(i)));
    }
    assertFalse(bench.driver.offer(Slots.slot(sandbox, 0), new OfferedInvocation(98, new byte[0])));
    assertFalse(bench.driver.offer(Slots.slot(sandbox, 1), new OfferedInvocation(99, new byte[0])));
    for (OfferedInvocation invocation : inside) {
      assertEquals(invocation.sequence, bench.expect("response", sandbox).number());
      assertEquals(new String(invocation.payload, StandardCharsets.UTF_8), invocation.answer());
    }
  }

  @Test
  void theContextIsWhatTheInvocationSays() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os
                def handler(e, c):
                  return [c.aws_request_id, c.invoked_function_arn, c.client_context.custom['ü'], c.identity.cognito_identity_id, os.environ['_X_AMZN_TRACE_ID'], c.tenant_id]
                """));
    OfferedInvocation invocation = new OfferedInvocation(5, "0".getBytes(StandardCharsets.UTF_8));
    invocation.clientContext = "{\"custom\":{\"ü\":\"€😀\"}}";
    invocation.cognitoIdentity = "{\"cognitoIdentityId\":\"who\",\"cognitoIdentityPoolId\":\"p\"}";
    invocation.traceHeader = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700";
    invocation.tenantId = "blue";
    assertTrue(bench.driver.offer(Slots.slot(sandbox, 0), invocation));
    bench.expect("response", sandbox);
    assertEquals(
        "[\"12345678-9abc-4def-8000-000000000005\","
            + " \"arn:aws:lambda:us-east-1:123456789012:function:f\", \"\\u20ac\\ud83d\\ude00\","
            + " \"who\", \"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\", \"blue\"]",
        invocation.answer());
  }

  @Test
  void theFunctionSeesExactlyItsOwnVariables() throws Exception {
    SandboxSpec spec =
        bench.function(
            "import os\ndef handler(e, c):\n  return dict(os.environ)\n",
            Map.of("OWN", "1 \"ö\"\n", "PATH", "/mine"),
            false);
    int sandbox = bench.ready(spec);
    String answer = bench.invoke(sandbox, "0");
    TreeSet<String> names = new TreeSet<>();
    java.util.regex.Matcher name =
        java.util.regex.Pattern.compile("\"([A-Za-z_]+)\": \"").matcher(answer);
    while (name.find()) {
      names.add(name.group(1));
    }
    assertEquals(
        new TreeSet<>(
            List.of(
                "OWN",
                "PATH",
                "PWD",
                "LANG",
                "LC_CTYPE",
                "TZ",
                "LD_LIBRARY_PATH",
                "PYTHONPATH",
                "SHLVL",
                "TMPDIR",
                "_HANDLER",
                "LAMBDA_TASK_ROOT",
                "LAMBDA_RUNTIME_DIR",
                "AWS_REGION",
                "AWS_DEFAULT_REGION",
                "AWS_EXECUTION_ENV",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
                "AWS_LAMBDA_FUNCTION_NAME",
                "AWS_LAMBDA_FUNCTION_VERSION",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                "AWS_LAMBDA_LOG_GROUP_NAME",
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "AWS_LAMBDA_LOG_FORMAT",
                "AWS_LAMBDA_INITIALIZATION_TYPE",
                "AWS_XRAY_CONTEXT_MISSING",
                "AWS_XRAY_DAEMON_ADDRESS",
                "_AWS_XRAY_DAEMON_ADDRESS",
                "_AWS_XRAY_DAEMON_PORT")),
        names);
    assertTrue(answer.contains("\"OWN\": \"1 \\\"\\u00f6\\\"\\n\""), answer);
    assertTrue(answer.contains("\"PATH\": \"/mine\""), answer);
    assertTrue(answer.contains("\"LAMBDA_TASK_ROOT\": \"" + spec.code() + "\""), answer);
    assertTrue(
        answer.matches(
            ".*\"AWS_LAMBDA_LOG_STREAM_NAME\":"
                + " \"[0-9]{4}/[0-9]{2}/[0-9]{2}/\\[\\$LATEST\\][0-9a-f]{32}\".*"),
        answer);
  }

  @Test
  void initErrorsEndTheProcessAndKeepTheEnvironment() throws Exception {
    int sandbox = bench.prepare(bench.function("raise KeyError('at import')\n"));
    Event failed = bench.expect("initFailed", sandbox);
    assertTrue(failed.text().contains("KeyError"), failed.text());
    assertEquals(1 << 8, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "1"); // tried again inside the invocation
    bench.expect("initFailed", sandbox);
    assertEquals(1 << 8, bench.expect("exited", sandbox).number());
    assertEquals("VACANT", bench.pool.status().sandboxes().get(0).state());
  }

  @Test
  void anExitDuringInitIsAnExit() throws Exception {
    int sandbox = bench.prepare(bench.function("import os\nos._exit(7)\n"));
    assertEquals(7 << 8, bench.expect("exited", sandbox).number());
    bench.quiet(5_000_000);
  }

  @Test
  void exitAndSignalAreToldApart() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, signal
                def handler(e, c):
                  if e == 'exit': os._exit(3)
                  if e == 'kill': os.kill(os.getpid(), signal.SIGKILL)
                  if e == 'abort': os.abort()
                  return os.getpid()
                """));
    bench.offer(sandbox, "\"exit\"");
    assertEquals(3 << 8, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "\"kill\"");
    bench.expect("ready", sandbox);
    assertEquals(9, bench.expect("exited", sandbox).number() & 0x7f);
    bench.offer(sandbox, "\"abort\"");
    bench.expect("ready", sandbox);
    assertEquals(6, bench.expect("exited", sandbox).number() & 0x7f);
    OfferedInvocation again = bench.offer(sandbox, "1");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
    assertTrue(again.answer().matches("[0-9]+"), again.answer());
  }

  @Test
  void anAnswerBeforeTheExitIsNotLost() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, threading
                def handler(e, c):
                  threading.Thread(target=lambda: os._exit(4) if e else None).start()
                  return 'x' * 30000
                """));
    for (int i = 0; i < 10; i++) {
      OfferedInvocation invocation = bench.offer(sandbox, "1");
      Event event = bench.next();
      if (event.kind().equals("ready")) {
        event = bench.next();
      }
      if (event.kind().equals("response")) {
        assertEquals(30_002, invocation.answer().length());
        event = bench.next();
      }
      assertEquals("exited", event.kind());
      assertEquals(4 << 8, event.number());
    }
  }

  @Test
  void resetKeepsTheEnvironment() throws Exception {
    SandboxSpec spec =
        bench.function(
            """
            import os, tempfile, time
            def handler(e, c):
              path = os.path.join(tempfile.gettempdir(), 'kept')
              if e == 'write':
                open(path, 'w').write('here')
                time.sleep(60)
              return [open(path).read(), c.log_stream_name, os.environ['AWS_ACCESS_KEY_ID']]
            """);
    int sandbox = bench.ready(spec);
    String stream = bench.pool.status().sandboxes().get(0).logStream();
    int pid = bench.pool.status().sandboxes().get(0).pid();
    bench.offer(sandbox, "\"write\"");
    Path kept =
        folder.resolve(
            "data/environments/"
                + bench.pool.status().sandboxes().get(0).environmentId()
                + "/kept");
    bench.until(() -> Files.exists(kept) && kept.toFile().length() == 4, "the file is there");
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    assertEquals(9, bench.expect("exited", sandbox).number());
    assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    OfferedInvocation next = bench.offer(sandbox, "0");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
    assertTrue(next.answer().startsWith("[\"here\", \"" + stream + "\""), next.answer());
    bench.driver.discard(sandbox, Fault.KEEP_ALIVE);
    bench.until(() -> !Files.exists(kept.getParent()), "its folder is gone");
  }

  @Test
  void aResetSandboxThatIsDiscardedTellsNothing() throws Exception {
    int sandbox =
        bench.ready(bench.function("import time\ndef handler(e, c):\n  time.sleep(60)\n"));
    bench.offer(sandbox, "0");
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    bench.driver.discard(sandbox, Fault.EVICTED);
    bench.quiet(50_000_000);
  }

  @Test
  void whatNeverHadAProcessExitsToo() throws Exception {
    int sandbox = bench.prepare(bench.function("def handler(e, c):\n  return 1\n"));
    bench.driver.reset(sandbox, Fault.INIT_TIMEOUT);
    bench.expect("exited", sandbox);
    bench.quiet(20_000_000);
    OfferedInvocation next = bench.offer(sandbox, "0");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
    assertEquals("1", next.answer());
  }

  @Test
  void killedFromOutsideWhileIdle() throws Exception {
    int sandbox = bench.ready(bench.function("def handler(e, c):\n  return 1\n"));
    int pid = bench.pool.status().sandboxes().get(0).pid();
    new ProcessBuilder("kill", "-9", Integer.toString(pid)).start().waitFor();
    assertEquals(9, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "0");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
  }

  @Test
  void largeEventsAndAnswers() throws Exception {
    int sandbox = bench.ready(bench.function("def handler(e):\n  return e\n", Map.of(), true));
    for (int size : new int[] {0, 1, 60_000, 65_400, 65_536, 65_537, 1 << 20, 6_291_556}) {
      byte[] payload = new byte[size];
      for (int i = 0; i < size; i++) {
        payload[i] = (byte) (i * 31 + (i >> 8));
      }
      OfferedInvocation invocation = bench.offer(sandbox, payload);
      bench.expect("response", sandbox);
      assertTrue(
          Arrays.equals(
              payload,
              Arrays.copyOf(
                  invocation.responseBuffer().array(), invocation.responseBuffer().length())),
          size + " bytes");
    }
  }

  @Test
  void anAnswerThatIsTooLong() throws Exception {
    int sandbox =
        bench.ready(bench.function("def handler(e):\n  return b'x' * 6291557\n", Map.of(), true));
    OfferedInvocation invocation = bench.offer(sandbox, "0");
    bench.expect("error", sandbox);
    assertEquals(
        "{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size (6291556"
            + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}",
        invocation.answer().replace(": ", ":").replace(", \"", ",\""));
    assertEquals("IDLE", bench.pool.status().sandboxes().get(0).state());
  }

  @Test
  void garbageKillsThatSandboxOnly() throws Exception {
    int quiet = bench.ready(bench.function("def handler(e, c):\n  return e\n"));
    long before = bench.pool.status().counters().get("protocolViolations");
    int hostile =
        bench.ready(
            bench.function(
                """
                import os
                def pipes():
                  for n in range(3, 1024):
                    try:
                      if os.readlink('/proc/self/fd/%d' % n).startswith('pipe:'): yield n
                    except OSError: pass
                def handler(e, c):
                  for n in pipes():
                    try: os.write(n, b'\\xff' * 4096)
                    except OSError: pass
                  return 1
                """));
    bench.offer(hostile, "0");
    OfferedInvocation invocation = bench.offer(quiet, "\"fine\"");
    Event one = bench.next();
    Event other = bench.next();
    Event failed = one.kind().equals("failed") ? one : other;
    assertEquals(hostile, failed.sandbox());
    assertTrue(failed.text().startsWith("VIOLATION"), failed.text());
    assertEquals("\"fine\"", invocation.answer());
    assertEquals(before + 1, bench.pool.status().counters().get("protocolViolations"));
    assertEquals(1, bench.pool.status().sandboxes().size());
  }

  @Test
  void closingItsEndEndsTheProcess() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, time
                def handler(e, c):
                  os.closerange(3, 1024)
                  time.sleep(60)
                """));
    bench.offer(sandbox, "0");
    assertEquals(9, bench.expect("exited", sandbox).number() & 0x7f);
  }

  @Test
  void whatLeftTheProcessGroupDiesWithIt() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, subprocess, time
                def handler(e, c):
                  p = subprocess.Popen(['setsid', 'sleep', '4321'])
                  time.sleep(60)
                """));
    bench.offer(sandbox, "0");
    bench.until(() -> sleepers() == 1, "it runs");
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    bench.expect("exited", sandbox);
    assertEquals(0, sleepers());
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").endsWith("sleep 4321"))
        .count();
  }

  @Test
  void logsComeWithTheirMark() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os
                print('loading')
                def handler(e, c):
                  print('line', e)
                  os.write(1, b'raw\\n')
                  return 0
                """));
    bench.offer(sandbox, "7");
    Event response = bench.expect("response", sandbox);
    long mark = Long.parseLong(response.text().split(" ")[0]);
    bench.until(() -> bench.output(sandbox).endsWith("raw\n"), "the output is there");
    assertTrue(bench.output(sandbox).contains("loading"), bench.output(sandbox));
    assertTrue(bench.output(sandbox).contains("line 7\n"), bench.output(sandbox));
    assertEquals(mark, bench.marks.get(sandbox));
  }

  @Test
  void aFloodOfOutputStarvesNobody() throws Exception {
    int noisy =
        bench.ready(
            bench.function(
                "import os\ndef handler(e, c):\n  while True: os.write(1, b'x' * 65536)\n"));
    bench.offer(noisy, "0");
    int quiet =
        bench.ready(bench.function("def handler(e, c):\n  print('quiet', e)\n  return e\n"));
    for (int i = 0; i < 20; i++) {
      assertEquals("" + i, bench.invoke(quiet, "" + i));
      bench.output.remove(noisy);
    }
    bench.until(
        () -> {
          bench.output.remove(noisy);
          return bench.output(quiet).contains("quiet 19");
        },
        "its output comes through");
    bench.driver.discard(noisy, Fault.EVICTED);
    bench.output.remove(noisy);
  }

  @Test
  void manyAtOnceEachItsOwn() throws Exception {
    SandboxSpec spec =
        bench.function(
            """
            import os
            name = os.environ['AWS_LAMBDA_LOG_STREAM_NAME']
            def handler(e, c):
              return name
            """);
    int[] sandboxes = new int[30];
    for (int i = 0; i < sandboxes.length; i++) {
      sandboxes[i] = bench.prepare(spec);
    }
    for (int i = 0; i < sandboxes.length; i++) {
      assertEquals("ready", bench.next().kind());
    }
    TreeSet<String> names = new TreeSet<>();
    for (int sandbox : sandboxes) {
      names.add(bench.invoke(sandbox, "0"));
    }
    assertEquals(sandboxes.length, names.size());
  }

  @Test
  void moreThanTheConfiguredMaximumIsRefused() throws Exception {
    SandboxSpec spec = bench.function("def handler(e, c):\n  return 1\n");
    int count = 0;
    while (bench.prepare(spec) >= 0) {
      count++;
    }
    assertEquals(64, count);
    for (int i = 0; i < count; i++) {
      assertEquals("ready", bench.next().kind());
    }
  }

  @Test
  void aRuntimeThatIsNotThereIsNamedWithTheReason() throws Exception {
    SandboxSpec spec = bench.function("def handler(e, c):\n  return 1\n");
    SandboxSpec cobol =
        new SandboxSpec(
            "cobol1.0",
            spec.handler(),
            spec.code(),
            spec.layers(),
            spec.architecture(),
            spec.environment(),
            spec.identity(),
            spec.memoryMb(),
            spec.timeoutNs(),
            spec.ephemeralStorageMb(),
            false);
    int sandbox = bench.driver.prepare(new PoolKey("123456789012", 9999, "", ""), cobol);
    assertTrue(
        bench.expect("failed", sandbox).text().contains("cobol1.0: no runtime has this name"));
  }

  @Test
  void theKeepersDeathIsSurvived() throws Exception {
    SandboxSpec spec =
        bench.function("import time\ndef handler(e, c):\n  time.sleep(e)\n  return 1\n");
    int busy = bench.ready(spec);
    int idle = bench.ready(spec);
    int vacant = bench.ready(spec);
    bench.driver.reset(vacant, Fault.TIMEOUT);
    bench.expect("exited", vacant);
    bench.offer(busy, "60");
    long keeper =
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().command().orElse("").endsWith("/java"))
            .mapToLong(ProcessHandle::pid)
            .findFirst()
            .orElseThrow();
    new ProcessBuilder("kill", "-9", Long.toString(keeper)).start().waitFor();
    TreeSet<Integer> lost = new TreeSet<>();
    for (int i = 0; i < 2; i++) {
      Event event = bench.next();
      assertEquals("failed", event.kind());
      assertTrue(event.text().startsWith("PLATFORM"), event.text());
      lost.add(event.sandbox());
    }
    assertEquals(new TreeSet<>(List.of(busy, idle)), lost);
    int next = bench.ready(spec);
    assertEquals("1", bench.invoke(next, "0"));
    OfferedInvocation again = bench.offer(vacant, "0");
    bench.expect("ready", vacant);
    bench.expect("response", vacant);
    assertEquals("1", again.answer());
    assertNotEquals(0L, bench.pool.status().counters().get("keeperDeaths"));
  }

  @Test
  void idleSandboxesCostFourDescriptors() throws Exception {
    SandboxSpec spec = bench.function("def handler(e, c):\n  return 1\n");
    bench.ready(spec);
    bench.until(() -> bench.pool.status().genericSandboxes().get("python3.11") >= 2, "refilled");
    int before = descriptors();
    int ready = bench.pool.status().genericSandboxes().get("python3.11");
    for (int i = 0; i < 8; i++) {
      bench.ready(spec);
    }
    bench.until(
        () -> bench.pool.status().genericSandboxes().get("python3.11") == ready, "refilled");
    assertTrue(descriptors() - before <= 8 * 4 + 4, (descriptors() - before) + " descriptors");
  }
}
