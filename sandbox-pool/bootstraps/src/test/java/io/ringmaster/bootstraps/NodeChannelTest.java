package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames, figures, logs, descriptors and the end of a Node process, seen from the engine's end of
 * the channel. In the newest Node that is here.
 */
class NodeChannelTest extends ChannelChecks {
  private static final String ECHO = "exports.handler = async (event) => event;\n";

  private static Launch launch;
  @TempDir static Path shared;

  @TempDir Path code;

  @BeforeAll
  static void extract() throws Exception {
    SortedMap<Integer, Path> interpreters = NodeInterpreters.all();
    assertFalse(interpreters.isEmpty(), "these tests need node on the path");
    int major = interpreters.lastKey();
    Path bootstraps = Bootstraps.extract(shared.resolve("bootstraps"));
    launch = Launch.of("node", interpreters.get(major), major, 0, bootstraps, 128);
  }

  NodeChannelTest() {
    super(
        new Functions(
            ECHO,
            "const end = Date.now() + 50; while (Date.now() <= end);\n" + ECHO,
            "exports.handler = async (n) => 'x'.repeat(n - 2);\n",
            "exports.handler = async (n) => { if (n) throw new Error('x'.repeat(n)); };\n",
            "exports.handler = (bytes) => Buffer.from(bytes).reverse();\n",
            "throw new Error('x'.repeat(7000000));\n"));
  }

  @Override
  PythonSandbox start(String source) throws IOException {
    PythonSandbox.write(code, Map.of("app.js", source));
    return ProgramSandbox.start(launch, code).runtime("nodejs20.x");
  }

  @Test
  void wideCharactersInLargeEventsAndAnswers() throws Exception {
    try (PythonSandbox sandbox = ready(ECHO)) {
      for (int length : new int[] {4_000, 21_800, 65_400, 65_536, 70_000, 1 << 20, 6_000_000}) {
        String wide = '"' + "€".repeat(length / 3) + '"';
        assertEquals(wide, answer(sandbox, wide));
      }
      assertEquals("1", answer(sandbox, "1"));
    }
  }

  @Test
  void shutdownRunsExitHooks() throws Exception {
    String source = "process.on('exit', () => console.log('bye'));\n";
    try (PythonSandbox sandbox = ready(source + ECHO)) {
      answer(sandbox, "1");
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
      assertTrue(sandbox.output().endsWith("\tINFO\tbye\n"), sandbox.output());
    }
  }

  @Test
  void shutdownIsTheSignalThatTheFunctionListensTo() throws Exception {
    String source =
        """
        process.on('SIGTERM', async (name, number) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          console.log(name, number);
          process.exit(9);
        });
        """;
    try (PythonSandbox sandbox = ready(source + ECHO)) {
      answer(sandbox, "1");
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(9, sandbox.exit());
      assertTrue(sandbox.output().endsWith("SIGTERM 15\n"), sandbox.output());
    }
  }

  @Test
  void theFunctionHasItsOwnVariablesAndNoneOfTheEngines() throws Exception {
    String source = "exports.handler = async () => Object.keys(process.env).sort().join();\n";
    try (PythonSandbox sandbox = start(source).environment("MINE", "1")) {
      sandbox.bind("app.handler");
      assertEquals(
          "\"AWS_LAMBDA_FUNCTION_MEMORY_SIZE,AWS_LAMBDA_FUNCTION_NAME,AWS_LAMBDA_FUNCTION_VERSION,"
              + "AWS_LAMBDA_LOG_GROUP_NAME,AWS_LAMBDA_LOG_STREAM_NAME,MINE,TZ\"",
          answer(sandbox, "{}"));
    }
  }

  @Test
  void theTimeZoneIsTheFunctions() throws Exception {
    String source = "exports.handler = async () => new Date(0).getHours();\n";
    try (PythonSandbox sandbox = start(source).environment("TZ", "Asia/Tokyo")) {
      sandbox.bind("app.handler");
      assertEquals("9", answer(sandbox, "{}"));
    }
  }

  @Test
  void childrenInheritNoDescriptorOfTheRuntime() throws Exception {
    String source =
        """
        const { spawnSync } = require('child_process');
        exports.handler = async () => {
          const pipes = (fd) => `test -p /proc/self/fd/${fd} && echo ${fd};`;
          return spawnSync('/bin/sh', ['-c', pipes(3) + pipes(4) + 'echo child >&2']).stdout.toString();
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      assertEquals("\"\"", answer(sandbox, "{}"));
    }
  }

  @Test
  void nativeOutputIsRawAndLongOutputIsSplit() throws Exception {
    String source =
        """
        exports.handler = async () => {
          require('fs').writeSync(1, 'native');
          process.stdout.write('y'.repeat(65536 + 3) + '\\n');
          console.log('€'.repeat(30000));
          return 1;
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      Frame answer = sandbox.invoke(1, Request.of("1"));
      sandbox.awaitLog(answer.logMark() + "native".length());
      List<String> records = sandbox.records();
      assertEquals("RAWnative", records.get(0));
      assertEquals("y".repeat(65_536), records.get(1));
      assertEquals("yyy\n", records.get(2));
      assertEquals(5, records.size());
      assertEquals(answer.logMark() + "native".length(), sandbox.logBytes());
    }
  }

  @Test
  void aChildThatMakesTheLogPipeNonBlockingLosesNothing() throws Exception {
    String source =
        """
        const { spawnSync } = require('child_process');
        exports.handler = async () => {
          spawnSync(process.execPath, ['-e', 'process.stdout.write("")'], { stdio: 'inherit', env: {} });
          for (let i = 0; i < 3000; i++) console.log('z'.repeat(200));
          return 1;
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      Frame answer = sandbox.invoke(1, Request.of("1"));
      assertNotNull(answer, sandbox::output);
      sandbox.awaitLog(answer.logMark());
      assertEquals(3000, sandbox.records().size());
    }
  }

  @Test
  void memoryIsToldFirstAndThenOnlyWhenItGrew() throws Exception {
    String source =
        """
        const kept = [];
        exports.handler = async (event) => {
          if (event === 'grow') kept.push(Buffer.alloc(64 << 20, 1));
          await new Promise((resolve) => setTimeout(resolve, 120));
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      int first = sandbox.invoke(1, Request.of("1")).memoryKb();
      assertTrue(first > 20_000 && first < 500_000, first + " KiB");
      int grown = sandbox.invoke(2, Request.of("\"grow\"")).memoryKb();
      assertTrue(grown >= first + 60_000, grown + " KiB after " + first);
    }
  }

  @Test
  void remainingTimeFallsBelowZero() throws Exception {
    String source =
        """
        exports.handler = async (event, context) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return context.getRemainingTimeInMillis();
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      Frame answer = sandbox.invoke(1, new Request("1", "", "", "", "", 5));
      assertTrue(Long.parseLong(answer.text()) <= 0, answer.text());
    }
  }

  @Test
  void aStreamThatNobodyReadsStopsTheFunctionAndNotItsTimers() throws Exception {
    String source =
        """
        const { once } = require('events');
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          let ticks = 0;
          const timer = setInterval(() => console.log('tick', ++ticks), 1);
          const piece = 'p'.repeat(50000);
          for (let i = 0; i < 40; i++) if (!stream.write(piece)) await once(stream, 'drain');
          clearInterval(timer);
          stream.end();
        });
        """;
    try (PythonSandbox sandbox = ready(source)) {
      sandbox.write(PythonSandbox.invocation(3, Request.of("1")));
      sandbox.awaitLog(3000); // ticks go on while the pipe is full
      long bytes = 0;
      Frame frame = sandbox.receive();
      for (; frame.kind() == PythonSandbox.CHUNK; frame = sandbox.receive()) {
        assertEquals(3, frame.sequence());
        bytes += frame.body().length;
      }
      assertEquals(PythonSandbox.RESPONSE, frame.kind());
      assertEquals(40 * 50_000, bytes);
      assertEquals("", frame.text());
    }
  }

  @Test
  void aBrokenStreamCutsNoFrame() throws Exception {
    String source =
        """
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write('p'.repeat(1 << 20));
          if (event === 'destroy') stream.destroy(new Error('mine'));
          if (event === 'throw') throw new Error('mine');
          if (event === 'uncaught') setTimeout(() => { throw new Error('mine'); }, 1);
          await new Promise((resolve) => setTimeout(resolve, 10000));
        });
        """;
    for (String way : List.of("throw", "uncaught", "destroy")) {
      if (way.equals("destroy")) {
        source = source.replace("await new Promise((resolve) => setTimeout(resolve, 10000));", "");
      }
      try (PythonSandbox sandbox = ready(source)) {
        sandbox.write(PythonSandbox.invocation(3, Request.of('"' + way + '"')));
        sandbox.awaitLog(50); // the error is known before anybody reads
        Frame frame = sandbox.receive();
        while (frame.kind() == PythonSandbox.CHUNK) {
          frame = sandbox.receive();
        }
        assertEquals(PythonSandbox.ERROR, frame.kind(), way);
        assertTrue(frame.text().contains("\"errorMessage\":\"mine\""), frame.text());
      }
    }
  }

  @Test
  void invocationsAreForgottenWhenTheyAreAnswered() throws Exception {
    String source =
        """
        exports.handler = (event, context, callback) => {
          if (event === 1) { setTimeout(() => { context.done(null, 'stale'); callback(null, 'stale'); }, 5); return Promise.resolve('first'); }
          return new Promise((resolve) => setTimeout(() => resolve(event), 30));
        };
        """;
    try (PythonSandbox sandbox = ready(source)) {
      assertEquals("\"first\"", answer(sandbox, "1"));
      assertEquals("2", answer(sandbox, "2"));
      assertEquals("3", answer(sandbox, "3"));
    }
  }

  @Test
  void deathBySignalIsDefault() throws Exception {
    try (PythonSandbox sandbox = ready("exports.handler = () => process.abort();\n")) {
      assertNull(sandbox.invoke(1, Request.of("1")));
      assertEquals(128 + 6, sandbox.exit());
    }
  }
}
