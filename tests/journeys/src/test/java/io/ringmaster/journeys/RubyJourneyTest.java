package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a Ruby function sees and what its caller gets, in success and in each kind of failure. */
class RubyJourneyTest {
  private static Engine engine;

  @BeforeAll
  static void open() throws Exception {
    if (!rubyIsHere()) {
      Assumptions.abort("no ruby on this machine");
    }
    engine = Engine.open(config().build());
  }

  @AfterAll
  static void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private static boolean rubyIsHere() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("ruby", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  private static FunctionSpec.Builder ruby(String name, String... lines) {
    return FunctionSpec.named(name)
        .runtime("ruby3.3")
        .handler("app.handler")
        .code(FunctionCode.source("app.rb", String.join("\n", lines) + "\n"));
  }

  @Test
  void theFirstCallIsColdAndTheSecondWarmInTheSameEnvironment() {
    engine
        .functions()
        .create(
            ruby(
                    "counter",
                    "$calls = 0",
                    "def handler(event:, context:)",
                    "  $calls += 1",
                    "  { calls: $calls, echo: event }",
                    "end")
                .build());
    Expect.coldThenWarm(engine, "counter");
  }

  @Test
  void contextAndVariablesAreThoseOfLambda() {
    engine
        .functions()
        .create(
            ruby(
                    "context",
                    "def handler(event:, context:)",
                    "  { name: context.function_name, arn: context.invoked_function_arn,",
                    "    id: context.aws_request_id, memory: context.memory_limit_in_mb,",
                    "    left: context.get_remaining_time_in_millis, custom:"
                        + " context.client_context['custom'],",
                    "    env: ENV.to_h, cwd: Dir.pwd, path: $LOAD_PATH.first, gems: Gem.path }",
                    "end")
                .memoryMb(256)
                .timeoutSeconds(7)
                .environment(Map.of("STAGE", "test"))
                .build());
    InvocationResult result = Expect.lambdasVariables(engine, "context", "ruby3.3");
    JsonNode seen = json(result);
    assertEquals("context", seen.get("name").asText(), result::payloadText);
    assertEquals(
        "arn:aws:lambda:us-east-1:123456789012:function:context", seen.get("arn").asText());
    assertEquals(result.requestId(), seen.get("id").asText());
    assertEquals("256", seen.get("memory").asText());
    assertEquals("v", seen.get("custom").get("k").asText());
    int left = seen.get("left").asInt();
    assertTrue(left > 0 && left <= 7000, () -> "left " + left);
    JsonNode env = seen.get("env");
    String code = env.get("LAMBDA_TASK_ROOT").asText();
    assertEquals(code, seen.get("cwd").asText());
    assertEquals(code, seen.get("path").asText());
    assertTrue(env.get("RUBYLIB").asText().startsWith(code + ":"));
    assertEquals(code + "/vendor/bundle/ruby/3.3.0", env.get("GEM_PATH").asText().split(":")[0]);
    assertTrue(
        seen.get("gems").toString().contains(code + "/vendor/bundle/ruby/3.3.0"),
        seen.get("gems")::toString);
  }

  @Test
  void aVendoredGemIsFound() {
    String gemspec =
        """
        Gem::Specification.new do |s|
          s.name = "farewell"
          s.version = "1.2.3"
          s.summary = "says farewell"
          s.authors = ["nobody"]
        end
        """;
    engine
        .functions()
        .create(
            FunctionSpec.named("gems")
                .runtime("ruby3.3")
                .handler("app.Shop::Door.close")
                .code(
                    FunctionCode.files(
                        Map.of(
                            "app.rb",
                            bytes(
                                """
                                require "farewell"
                                module Shop
                                  class Door
                                    def self.close(event:, context:) = FAREWELL
                                  end
                                end
                                """),
                            "vendor/bundle/ruby/3.3.0/specifications/farewell-1.2.3.gemspec",
                            bytes(gemspec),
                            "vendor/bundle/ruby/3.3.0/gems/farewell-1.2.3/lib/farewell.rb",
                            bytes("FAREWELL = 'bye'\n"))))
                .build());
    assertEquals("\"bye\"", invoke(engine, "gems", "{}").payloadText());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anExceptionIsAFunctionErrorAndKeepsTheProcess() {
    engine
        .functions()
        .create(
            ruby("raises", "def handler(event:, context:)", "  raise 'no such thing'", "end")
                .build());
    InvocationResult result = invoke(engine, "raises", "{}");
    assertEquals(200, result.statusCode());
    assertEquals("Unhandled", result.functionError());
    JsonNode error = json(result);
    assertEquals("no such thing", error.get("errorMessage").asText());
    assertEquals("Function<RuntimeError>", error.get("errorType").asText());
    assertTrue(error.get("stackTrace").get(0).asText().contains("app.rb:2:in "));
    assertFalse(invoke(engine, "raises", "{}").coldStart());
  }

  @Test
  void anErrorThatTheProcessDoesNotSurviveHurtsNoOtherInvocation() {
    engine
        .functions()
        .create(
            ruby(
                    "critical",
                    "$calls = 0",
                    "at_exit { sleep 0.05 }",
                    "def handler(event:, context:)",
                    "  $calls += 1",
                    "  raise NameError, 'no such name' if event['fail']",
                    "  exit 3 if event['exit']",
                    "  [$calls, context.log_stream_name]",
                    "end")
                .build());
    JsonNode first = json(invoke(engine, "critical", "{}"));
    for (int i = 0; i < 3; i++) {
      InvocationResult failed = invoke(engine, "critical", "{\"fail\":true}");
      assertEquals("Unhandled", failed.functionError());
      assertEquals(
          "Function<NameError>", json(failed).get("errorType").asText(), failed::payloadText);
      InvocationResult exit = invoke(engine, "critical", "{\"exit\":true}");
      assertEquals("Function<SystemExit>", json(exit).get("errorType").asText(), exit::payloadText);
      JsonNode next = json(invoke(engine, "critical", "{}"));
      assertEquals(1, next.get(0).asInt(), "a new process");
      assertEquals(first.get(1), next.get(1), "in the same environment");
    }
  }

  @Test
  void aTimeOutAnswersKillsTheProcessAndKeepsTheEnvironment() {
    engine
        .functions()
        .create(
            ruby(
                    "sleeper",
                    "STARTED = Process.clock_gettime(Process::CLOCK_MONOTONIC)",
                    "def handler(event:, context:)",
                    "  sleep if event['hang']",
                    "  [STARTED, context.log_stream_name]",
                    "end")
                .timeoutSeconds(1)
                .build());
    JsonNode before = json(invoke(engine, "sleeper", "{}"));
    InvocationResult timedOut = invoke(engine, "sleeper", "{\"hang\":true}");
    Expect.timedOut(timedOut);
    JsonNode after = json(invoke(engine, "sleeper", "{}"));
    assertEquals(before.get(1), after.get(1));
    assertNotEquals(before.get(0), after.get(0), "process state does not outlive the process");
  }

  @Test
  void anExitWithoutHooksIsReportedWithItsStatus() {
    engine
        .functions()
        .create(
            ruby(
                    "exits",
                    "def handler(event:, context:)",
                    "  Process.kill(event['signal'], $$) && sleep if event['signal']",
                    "  exit!(event['status']) if event['status']",
                    "  'alive'",
                    "end")
                .build());
    Expect.exit(engine, "exits", "{\"status\":0}", "Runtime exited without providing a reason");
    Expect.exit(engine, "exits", "{\"status\":7}", "Runtime exited with error: exit status 7");
    Expect.exit(engine, "exits", "{\"signal\":9}", "Runtime exited with error: signal: killed");
    assertEquals("\"alive\"", invoke(engine, "exits", "{}").payloadText());
  }

  @Test
  void initFailuresAreTheFunctionsErrors() {
    engine.functions().create(ruby("dependencyless", "require 'no_such_file'").build());
    JsonNode error = json(invoke(engine, "dependencyless", "{}"));
    assertEquals("Init<LoadError>", error.get("errorType").asText());
    assertEquals("cannot load such file -- no_such_file", error.get("errorMessage").asText());

    engine.functions().create(ruby("syntaxless", "def handler(").build());
    error = json(invoke(engine, "syntaxless", "{}"));
    assertEquals("Init<SyntaxError>", error.get("errorType").asText());

    engine.functions().create(ruby("initexit", "exit 3").build());
    error = json(invoke(engine, "initexit", "{}"));
    assertEquals("Init<SystemExit>", error.get("errorType").asText());

    engine.functions().create(ruby("initgone", "exit! 3").build());
    error = json(invoke(engine, "initgone", "{}"));
    assertEquals("Runtime.ExitError", error.get("errorType").asText());
  }

  @Test
  void theLogTailHasStartOutputEndAndReport() {
    engine
        .functions()
        .create(
            ruby(
                    "speaks",
                    "require 'logger'",
                    "def handler(event:, context:)",
                    "  puts 'one line'",
                    "  $stderr.puts 'an error'",
                    "  Logger.new($stdout).warn('careful')",
                    "  system('echo from a child')",
                    "  print 'the end'",
                    "end")
                .build());
    InvocationResult result = engine.invoke(InvokeRequest.of("speaks", "{}").withLogTail());
    String id = result.requestId();
    String tail = result.logTail();
    assertTrue(tail.contains("START RequestId: " + id + " Version: $LATEST\n"), tail);
    assertTrue(tail.contains("one line\nan error\nW, ["), tail);
    assertTrue(tail.contains("]  WARN " + id + " -- : careful\nfrom a child\nthe end\n"), tail);
    assertTrue(tail.contains("END RequestId: " + id + "\n"), tail);
    assertTrue(
        tail.matches("(?s).*REPORT RequestId: " + id + "\tDuration: .*\tInit Duration: .*\t\n"),
        tail);
  }

  @Test
  void largeEventsAndAnswersPassAndTooLargeOnesAreRefused() {
    engine
        .functions()
        .create(
            ruby("large", "def handler(event:, context:)", "  'x' * event['n']", "end").build());
    int most = 6 * 1024 * 1024;
    InvocationResult big = invoke(engine, "large", "{\"n\":" + (most - 2) + "}");
    assertEquals(most, big.payload().length, () -> big.payloadText().substring(0, 200));
    InvocationResult tooBig = invoke(engine, "large", "{\"n\":7000000}");
    assertEquals("Function.ResponseSizeTooLarge", json(tooBig).get("errorType").asText());
    String event = "{\"n\":1,\"pad\":\"" + "y".repeat(most - 30) + "\"}";
    assertEquals("\"x\"", invoke(engine, "large", event).payloadText());
  }
}
