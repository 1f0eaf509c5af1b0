package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link ExactlyOnceTest}, over all runtimes at once: each request gets exactly one terminal
 * answer, that of its own event, whatever exits, hangs or is killed; and nothing is left.
 */
class EveryRuntimeTest {
  private static final boolean FULL = "full".equals(System.getProperty("ringmaster.tests"));
  private static final int TIMEOUT_S = 15;

  /** Of six functions that need processes: enough, but in the burst, which evicts. */
  private static final int ENVIRONMENTS = 32;

  private static final int IN_FLIGHT = 16;
  private static final int INVOCATIONS_PER_HANG = 300;
  private static final int HANGS_MAX = 60;

  /** So few that most of those that hang live until their time-out. */
  private static final int INVOCATIONS_PER_KILL = 500;

  private static final int KILLS_MIN = 6;

  /**
   * How often each is asked: those that start slowly less often, and least the shell, which starts
   * two programs for each answer.
   */
  private static final Map<String, Integer> SHARES =
      Map.of(
          "injvm",
          12,
          "python",
          16,
          "node",
          16,
          "java",
          6,
          "ruby",
          6,
          "python-client",
          6,
          "shell",
          1);

  @TempDir Path folder;

  /** {@code tests/run mixed} sets the numbers. */
  @Test
  void mixedInvocationsOverAllRuntimes() throws Exception {
    int invocations = Integer.getInteger("ringmaster.invocations", FULL ? 6_000 : 600);
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    System.err.println("every runtime: seed " + seed);
    ToolProvider.getSystemJavaCompiler(); // keeps a file open from its first use on
    List<FunctionSpec> functions = functions();
    Rest before = Rest.now();
    MixedLoad load;
    Map<String, Long> counters;
    try (Engine engine =
        Engine.open(config().environmentsMax(ENVIRONMENTS).genericSandboxes(1).build())) {
      List<String> names = new ArrayList<>();
      for (FunctionSpec function : functions) {
        engine.functions().create(function);
        names.addAll(Collections.nCopies(SHARES.get(function.name()), function.name()));
      }
      load = new MixedLoad(engine, names, invocations, IN_FLIGHT, new SplittableRandom(seed));
      load.run(
          Math.clamp(invocations / INVOCATIONS_PER_HANG, 2, HANGS_MAX),
          Math.max(KILLS_MIN, invocations / INVOCATIONS_PER_KILL));
      EngineStatus status = engine.status();
      counters = status.counters();
      assertEquals(0, status.concurrentInvocations(), "no unit of the ledger is leaked");
      assertEquals(0L, counters.get("inFlight"));
      assertTrue(counters.get("timeouts") > 0, counters::toString);
      assertEquals(0L, counters.get("lateAnswers"));
    }
    before.assertNothingIsLeft();
    Files.writeString(Path.of("target", "mixed.json"), load.report(seed, counters) + "\n");
  }

  private List<FunctionSpec> functions() throws IOException {
    List<FunctionSpec> functions = new ArrayList<>();
    functions.add(
        FunctionSpec.named("injvm")
            .code(
                FunctionCode.inJvm(
                    (event, response) ->
                        response.write(event.bytes(), event.offset(), event.length())))
            .timeoutSeconds(TIMEOUT_S)
            .build());
    functions.add(
        python(
                "python",
                "import os, time",
                "def handler(event, context):",
                "    mode = event['mode']",
                "    if mode == 'raise': raise RuntimeError(str(event['n']))",
                "    if mode == 'exit': os._exit(event['n'] % 3)",
                "    if mode == 'hang': time.sleep(3600)",
                "    if mode == 'big': return {'n': event['n'], 'pad': 'x' * 100000}",
                "    return {'n': event['n']}")
            .timeoutSeconds(TIMEOUT_S)
            .build());
    functions.add(java());
    List<String> absent = new ArrayList<>();
    for (FunctionSpec function : List.of(node(), ruby())) {
      if (Runtimes.findFor(function.runtime(), RuntimeSettings.NONE).interpreter() == null) {
        absent.add("journeys.everyRuntime." + function.name() + "\tno such interpreter here");
      } else {
        functions.add(function);
      }
    }
    Files.write(
        Files.createDirectories(Path.of("target", "not-run")).resolve("every-runtime.txt"), absent);
    functions.add(provided("python-client", PYTHON_BOOTSTRAP));
    functions.add(provided("shell", SHELL_BOOTSTRAP));
    return functions;
  }

  private static FunctionSpec node() {
    String source =
        """
        exports.handler = async (event) => {
          const mode = event.mode;
          if (mode === 'raise') throw new Error(String(event.n));
          if (mode === 'exit') process.exit(event.n % 3);
          if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 3600000));
          if (mode === 'big') return { n: event.n, pad: 'x'.repeat(100000) };
          return { n: event.n };
        };
        """;
    return FunctionSpec.named("node")
        .runtime("nodejs20.x")
        .handler("index.handler")
        .code(FunctionCode.source("index.js", source))
        .timeoutSeconds(TIMEOUT_S)
        .build();
  }

  private static FunctionSpec ruby() {
    String source =
        """
        def handler(event:, context:)
          case event['mode']
          when 'raise' then raise event['n'].to_s
          when 'exit' then exit!(event['n'] % 3)
          when 'hang' then sleep 3600
          when 'big' then { n: event['n'], pad: 'x' * 100000 }
          else { n: event['n'] }
          end
        end
        """;
    return FunctionSpec.named("ruby")
        .runtime("ruby3.4")
        .handler("app.handler")
        .code(FunctionCode.source("app.rb", source))
        .timeoutSeconds(TIMEOUT_S)
        .build();
  }

  private FunctionSpec java() throws IOException {
    String source =
        """
        import java.util.Map;
        public class Mixed {
          public Map<String, Object> handle(Map<String, Object> event) throws Exception {
            int n = ((Number) event.get("n")).intValue();
            switch ((String) event.get("mode")) {
              case "raise": throw new IllegalStateException(String.valueOf(n));
              case "exit": Runtime.getRuntime().halt(n % 3);
              case "hang": Thread.sleep(3600000);
              case "big": return new java.util.TreeMap<>(Map.of("n", n, "pad", "x".repeat(100000)));
              default: return Map.of("n", n);
            }
          }
        }
        """;
    Path file = Files.writeString(folder.resolve("Mixed.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int status =
        compiler.run(null, null, null, "--release", "17", "-d", folder + "", file.toString());
    assertEquals(0, status, "javac");
    byte[] mixed = Files.readAllBytes(folder.resolve("Mixed.class"));
    return FunctionSpec.named("java")
        .runtime("java21")
        .handler("Mixed::handle")
        .memoryMb(256)
        .code(FunctionCode.files(Map.of("Mixed.class", mixed)))
        .timeoutSeconds(TIMEOUT_S)
        .build();
  }

  private FunctionSpec provided(String name, String bootstrap) throws IOException {
    Path code = Files.createDirectory(folder.resolve(name));
    Path file = Files.writeString(code.resolve("bootstrap"), bootstrap);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return FunctionSpec.named(name)
        .runtime("provided.al2023")
        .handler("none")
        .code(FunctionCode.folder(code))
        .timeoutSeconds(TIMEOUT_S)
        .build();
  }

  private static final String PYTHON_BOOTSTRAP =
      """
      #!/usr/bin/python3
      import http.client, json, os, time
      base = '/2018-06-01/runtime/invocation/'
      api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
      def call(method, path, body=None):
        api.request(method, base + path, body)
        answer = api.getresponse()
        return answer.headers, answer.read()
      while True:
        headers, body = call('GET', 'next')
        own, event = headers['Lambda-Runtime-Aws-Request-Id'], json.loads(body)
        n, mode = event['n'], event['mode']
        if mode == 'exit': os._exit(n % 3)
        if mode == 'hang': time.sleep(3600)
        if mode == 'raise':
          call('POST', own + '/error', json.dumps({'errorMessage': str(n), 'errorType': 'E'}))
        else:
          answer = {'n': n, 'pad': 'x' * 100000} if mode == 'big' else {'n': n}
          call('POST', own + '/response', json.dumps(answer))
      """;

  private static final String SHELL_BOOTSTRAP =
      """
      #!/bin/bash
      base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
      headers="$TMPDIR/headers"
      while true; do
        event=$(curl -sS -D "$headers" "$base/next") || exit 9
        id=$(sed -n 's/^lambda-runtime-aws-request-id: *\\([^\\r]*\\).*/\\1/ip' "$headers" | tr -d '\\r')
        [[ $event =~ \\"n\\":([0-9]+),\\"mode\\":\\"([a-z]+)\\" ]]
        n=${BASH_REMATCH[1]} mode=${BASH_REMATCH[2]}
        case $mode in
          exit) exit $((n % 3)) ;;
          hang) sleep 3600 ;;
          raise) answer="{\\"errorMessage\\":\\"$n\\",\\"errorType\\":\\"E\\"}" path=error ;;
          *) answer="{\\"n\\":$n}" path=response ;;
        esac
        curl -sS -o /dev/null -d "$answer" "$base/$id/$path" || exit 8
      done
      """;
}
