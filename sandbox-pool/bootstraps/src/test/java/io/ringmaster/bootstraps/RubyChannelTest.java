package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Ruby bootstrap's end of the channel, in the newest interpreter that is here. */
@Timeout(60)
class RubyChannelTest {
  private static final int PROCESS_ENDS = 2;

  @TempDir Path temporary;
  private Launch launch;

  @BeforeEach
  void find() throws Exception {
    SortedMap<String, Path> interpreters = RubyInterpreters.all();
    if (interpreters.isEmpty()) {
      Assumptions.abort("no ruby on this machine");
    }
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    launch = Launch.of("ruby", interpreters.get(interpreters.lastKey()), 0, 0, bootstraps, 128);
  }

  private PythonSandbox start(String... lines) throws Exception {
    Path code = temporary.toRealPath();
    PythonSandbox.write(code, Map.of("app.rb", String.join("\n", lines) + "\n"));
    return ProgramSandbox.start(launch, code).runtime("ruby3.3");
  }

  private static void bound(PythonSandbox sandbox) throws Exception {
    Frame ready = sandbox.bind("app.handler");
    assertEquals(PythonSandbox.READY, ready.kind(), ready::wholeText);
    assertEquals(8, ready.body().length);
    long tookNs = ready.figures().getLong(0);
    assertTrue(tookNs > 0 && tookNs < 20_000_000_000L, tookNs + " ns");
  }

  @Test
  void itSaysWhoItIsAndEndsWhenTold() throws Exception {
    try (PythonSandbox sandbox = start()) {
      Frame started = sandbox.receive();
      assertEquals(PythonSandbox.STARTED, started.kind());
      assertTrue(
          started.wholeText().matches("\\{\"pid\":\\d+,\"version\":\"[234]\\.\\d+\\.\\d+\"}"),
          started::wholeText);
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertNull(sandbox.receive());
      assertEquals(0, sandbox.exit());
      assertEquals("", sandbox.output());
    }
  }

  @Test
  void withoutVariablesItKeepsThoseThatItWasStartedWith() throws Exception {
    try (PythonSandbox sandbox =
        start("def handler(event:, context:) = [ENV['TZ'], ENV.key?('REHEARSAL_0')]")) {
      assertEquals(PythonSandbox.STARTED, sandbox.receive().kind());
      String binding =
          """
          {"code":"%s","handler":"app.handler","runtime":"ruby3.3","memoryMb":128,"raw":false}\
          """
              .formatted(temporary.toRealPath());
      sandbox.send(PythonSandbox.BIND, 0, binding.getBytes(StandardCharsets.UTF_8));
      assertEquals(PythonSandbox.READY, sandbox.receive().kind());
      assertEquals("[\":UTC\",false]", sandbox.invoke(1, Request.of("{}")).text());
    }
  }

  @Test
  void shutdownRunsHooks() throws Exception {
    try (PythonSandbox sandbox =
        start("at_exit { puts 'hook' }", "def handler(event:, context:) = print('tail')")) {
      bound(sandbox);
      assertEquals("null", sandbox.invoke(1, Request.of("{}")).text());
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
      assertEquals(List.of("tail", "hook\n"), sandbox.records());
    }
  }

  @Test
  void itEndsWithTheEngine() throws Exception {
    try (PythonSandbox sandbox =
        start("at_exit { puts 'hook' }", "def handler(event:, context:) = 1")) {
      bound(sandbox);
      sandbox.closeRequests();
      assertEquals(0, sandbox.exit());
      assertEquals("", sandbox.output());
    }
  }

  @Test
  void anUnknownFrameEndsIt() throws Exception {
    try (PythonSandbox sandbox = start("def handler(event:, context:) = 1")) {
      bound(sandbox);
      sandbox.send(9, 0, new byte[0]);
      assertEquals(70, sandbox.exit());
    }
  }

  @Test
  void aSignalBetweenInvocationsEndsItGracefully() throws Exception {
    try (PythonSandbox sandbox = start("def handler(event:, context:) = 1")) {
      bound(sandbox);
      assertEquals("1", sandbox.invoke(1, Request.of("{}")).text());
      assertTrue(ProcessHandle.of(sandbox.pid()).orElseThrow().destroy());
      assertEquals(0, sandbox.exit());
      assertEquals(
          "Next invocation HTTP request from the runtime interface client was interrupted with a"
              + " SIGTERM SIGNAL, gracefully shutting down.\n",
          sandbox.output());
    }
  }

  @Test
  void largeEventsArriveWhole() throws Exception {
    try (PythonSandbox sandbox = start("def handler(event:, context:) = event")) {
      bound(sandbox);
      String event = '"' + "é".repeat(1_000_000) + '"';
      Frame answer = sandbox.invoke(7, Request.of(event));
      assertEquals(7, answer.sequence());
      assertEquals(event, answer.text());
    }
  }

  @Test
  void framesThatArriveTogetherAreAnsweredOneByOne() throws Exception {
    try (PythonSandbox sandbox = start("def handler(event:, context:) = event")) {
      bound(sandbox);
      ByteArrayOutputStream together = new ByteArrayOutputStream();
      for (int i = 1; i <= 20; i++) {
        together.write(PythonSandbox.invocation(i, Request.of("[" + i + "]")));
      }
      sandbox.write(together.toByteArray());
      for (int i = 1; i <= 20; i++) {
        Frame answer = sandbox.receive();
        assertEquals(i, answer.sequence());
        assertEquals("[" + i + "]", answer.text());
      }
    }
  }

  @Test
  void rawHandlersGetBytesAndGiveBytes() throws Exception {
    try (PythonSandbox sandbox =
        start("def handler(event:, context:) = event.reverse + context.inspect").raw()) {
      bound(sandbox);
      byte[] event = {0, (byte) 0xff, 10};
      sandbox.write(PythonSandbox.invocation(3, Request.of(""), event));
      byte[] body = sandbox.receive().body();
      assertEquals(10, body[16]);
      assertEquals((byte) 0xff, body[17]);
      assertEquals("nil", new String(body, 19, body.length - 19, StandardCharsets.UTF_8));
    }
  }

  @Test
  void theAnswerSaysWhetherTheProcessEnds() throws Exception {
    try (PythonSandbox sandbox =
        start("def handler(event:, context:) = event == 1 ? raise('x') : exit(1)")) {
      bound(sandbox);
      Frame survived = sandbox.invoke(1, Request.of("1"));
      assertEquals(PythonSandbox.ERROR, survived.kind());
      assertEquals(0, survived.flags());
      Frame last = sandbox.invoke(2, Request.of("2"));
      assertEquals(PythonSandbox.ERROR, last.kind());
      assertEquals(PROCESS_ENDS, last.flags());
      assertNull(sandbox.receive());
      assertEquals(255, sandbox.exit());
    }
  }

  @Test
  void memoryIsToldWhenItGrew() throws Exception {
    try (PythonSandbox sandbox =
        start("def handler(event:, context:)", "  sleep 0.2; 'x' * event; 1", "end")) {
      bound(sandbox);
      int first = sandbox.invoke(1, Request.of("1")).memoryKb();
      assertTrue(first > 4_000, first + " KiB");
      int grown = sandbox.invoke(2, Request.of("50000000")).memoryKb();
      assertTrue(grown > first + 40_000, grown + " KiB after " + first);
      int unchanged = sandbox.invoke(3, Request.of("1")).memoryKb();
      assertTrue(unchanged == 0 || unchanged > grown, unchanged + " KiB after " + grown);
    }
  }

  @Test
  void longOutputComesInPiecesAndThreadsDoNotMix() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "def handler(event:, context:)",
            "  $stdout.write('x' * 65_536, \"\\n\")",
            "  puts 'z' * 65_537",
            "  4.times.map { |n| Thread.new { 50.times { puts n.to_s * 9_000 } } }.each(&:join)",
            "end")) {
      bound(sandbox);
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      sandbox.awaitLog(answer.logMark());
      assertEquals(answer.logMark(), sandbox.logBytes());
      List<String> records = new ArrayList<>(sandbox.records());
      assertEquals("x".repeat(65_536), records.removeFirst());
      assertEquals("\n", records.removeFirst());
      assertEquals("z".repeat(65_536), records.removeFirst());
      assertEquals("z\n", records.removeFirst());
      assertEquals(200, records.size());
      for (String record : records) {
        assertEquals(record.substring(0, 1).repeat(9_000) + "\n", record);
      }
    }
  }

  @Test
  void whatChildrenWriteIsRaw() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "def handler(event:, context:)",
            "  system('echo from a child')",
            "  Process.wait(fork { puts 'from a fork'; $stdout.puts 'again'; exit! 0 })",
            "  puts 'own'",
            "end")) {
      bound(sandbox);
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      assertEquals(16 + 4, answer.logMark(), "raw output does not count");
      String raw = "from a child\nfrom a fork\nagain\n";
      sandbox.awaitLog(answer.logMark() + raw.length());
      assertEquals(List.of("RAW" + raw, "own\n"), sandbox.records());
    }
  }

  @Test
  void aForkedChildHoldsNoneOfTheChannel() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "def handler(event:, context:)",
            "  child = fork { $stdin.reopen('/dev/null'); sleep }",
            "  Process.detach(child)",
            "  puts child",
            "  exit!(0)",
            "end")) {
      bound(sandbox);
      assertNull(sandbox.invoke(1, Request.of("{}")), "the response pipe is closed");
      sandbox.awaitLog(1);
      ProcessHandle child =
          ProcessHandle.of(Long.parseLong(sandbox.records().getFirst().strip())).orElseThrow();
      child.destroyForcibly();
      assertEquals(0, sandbox.exit());
    }
  }

  @Test
  void emptyRecordsSayWhatInitWrote() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "puts 'loading'", "$stderr.print 'part'", "def handler(event:, context:) = puts(1)")) {
      bound(sandbox);
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      sandbox.awaitLog(answer.logMark());
      assertEquals(answer.logMark(), sandbox.logBytes());
      assertEquals(List.of("", "loading\n", "part", "", "1\n"), sandbox.allRecords());
    }
    try (PythonSandbox sandbox =
        start(
            "require 'logger'",
            "def handler(event:, context:)",
            "  Logger.new($stdout) << ''", // which is no record
            "  puts(1)",
            "end")) {
      bound(sandbox);
      sandbox.awaitLog(sandbox.invoke(1, Request.of("{}")).logMark());
      assertEquals(List.of("1\n"), sandbox.allRecords());
    }
  }

  @Test
  void aLogPipeThatDoesNotBlockLosesNothing() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "$stdout.fcntl(4, 0o4001)", // F_SETFL: O_NONBLOCK, O_WRONLY
            "def handler(event:, context:) = 400.times { puts 'n' * 9_000 }")) {
      bound(sandbox);
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      assertEquals(PythonSandbox.RESPONSE, answer.kind(), answer::text);
      sandbox.awaitLog(answer.logMark());
      assertEquals(400, sandbox.records().size());
      assertEquals(
          List.of("n".repeat(9_000) + "\n"), sandbox.records().stream().distinct().toList());
    }
  }

  @Test
  void aSignalCutsNoFrame() throws Exception {
    List<String> handlers =
        List.of("", "trap('TERM') { raise 'a handler' }", "trap('TERM') { exit }");
    for (String handler : handlers) {
      try (PythonSandbox sandbox =
          start(handler, "def handler(event:, context:) = 'x' * 5_000_000")) {
        bound(sandbox);
        ProcessHandle process = ProcessHandle.of(sandbox.pid()).orElseThrow();
        sandbox.write(PythonSandbox.invocation(1, Request.of("{}")));
        Frame answer = sandbox.receive(process::destroy);
        assertEquals(5_000_002, answer.text().length());
        assertNull(sandbox.receive());
        assertEquals(handler.contains("raise") ? 1 : 0, sandbox.exit(), sandbox::output);
      }
    }
  }

  @Test
  void aSignalsHandlerMayLog() throws Exception {
    try (PythonSandbox sandbox =
        start(
            "trap('TERM') { puts 'y' * 9_000 }",
            "def handler(event:, context:)",
            "  Process.kill('TERM', $$)",
            "  20.times { puts 'x' * 9_000 }",
            "end")) {
      bound(sandbox);
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      sandbox.awaitLog(answer.logMark());
      assertEquals(answer.logMark(), sandbox.logBytes());
      List<String> whole = List.of("y".repeat(9_000) + "\n", "x".repeat(9_000) + "\n");
      assertEquals(21, sandbox.records().size());
      assertTrue(whole.containsAll(sandbox.records()));
    }
  }
}
