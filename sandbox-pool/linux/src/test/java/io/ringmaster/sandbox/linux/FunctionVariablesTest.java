package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole environment of each runtime, beside what AWS gives there. */
class FunctionVariablesTest {
  private static final Path BOOTSTRAPS = Path.of("/bootstraps");

  private static SandboxSpec spec(String runtime, Path layers, Map<String, String> own) {
    return new SandboxSpec(
        runtime,
        "app.handler",
        Path.of("/task"),
        layers,
        "x86_64",
        own,
        new SandboxSpec.Identity(
            "123456789012",
            "eu-central-1",
            "orders",
            "7",
            "arn:aws:lambda:eu-central-1:123456789012:function:orders",
            "/aws/lambda/orders",
            "JSON",
            "DEBUG",
            "INFO"),
        512,
        3_000_000_000L,
        512,
        false);
  }

  private static Interpreter interpreter(String family, String executable, int major, int minor) {
    Path file = executable == null ? null : Path.of(executable);
    return new Interpreter(family, file, major, minor, major + "." + minor);
  }

  @ParameterizedTest
  @CsvSource({
    "python3.13, python, /lang/bin/python3.13, 3, 13",
    "nodejs22.x, node, /lang/bin/node, 22, 4",
    "java21, java, /lang/bin/java, 21, 0",
    "ruby3.4, ruby, /lang/bin/ruby, 3, 4",
    "provided.al2023, provided, , 0, 0"
  })
  void everyVariableOfARuntime(
      String runtime, String family, String executable, int major, int minor) throws Exception {
    RuntimeSettings settings =
        new RuntimeSettings(
            null, false, Path.of("/sdk"), "http://127.0.0.1:4566", "http://127.0.0.1:9001");
    Map<String, String> variables =
        FunctionVariables.of(
            spec(runtime, Path.of("/layers"), Map.of("OWN", "1", "_MINE", "2")),
            interpreter(family, executable, major, minor),
            BOOTSTRAPS,
            settings);
    assertEquals(golden(runtime), text(variables));
  }

  private static String text(Map<String, String> variables) {
    return variables.entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private static String golden(String runtime) throws Exception {
    try (InputStream in =
        FunctionVariablesTest.class.getResourceAsStream("variables/" + runtime + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFunctionMayChangeWhatLambdaLetsItChange() {
    Map<String, String> own =
        Map.of(
            "PATH", "/mine",
            "LD_LIBRARY_PATH", "/mine",
            "LANG", "C",
            "TZ", "Europe/Paris",
            "AWS_XRAY_CONTEXT_MISSING", "RUNTIME_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS", "10.0.0.1:1",
            "AWS_LAMBDA_LOG_FORMAT", "Text",
            "AWS_LAMBDA_LOG_LEVEL", "WARN",
            "PYTHONPATH", "/mine",
            "AWS_ENDPOINT_URL", "http://mine");
    RuntimeSettings settings = new RuntimeSettings(null, false, null, "http://theirs", null);
    Map<String, String> variables =
        FunctionVariables.of(
            spec("python3.13", null, own),
            interpreter("python", "/usr/bin/python3.13", 3, 13),
            BOOTSTRAPS,
            settings);
    own.forEach((name, value) -> assertEquals(value, variables.get(name), name));
  }

  @Test
  void withoutLayersNothingOfTheMachinesIsNamed() {
    Map<String, String> variables =
        FunctionVariables.of(
            spec("nodejs20.x", null, Map.of()),
            interpreter("node", "/usr/bin/node", 20, 20),
            BOOTSTRAPS,
            RuntimeSettings.NONE);
    assertFalse(text(variables).contains("/opt"), () -> text(variables));
    assertEquals("/usr/bin:/usr/local/bin:/usr/bin/:/bin", variables.get("PATH"));
    assertEquals(
        "/lib64:/usr/lib64:/bootstraps/node:/bootstraps/node/lib:/task:/task/lib",
        variables.get("LD_LIBRARY_PATH"));
    assertEquals(
        "/bootstraps/node/node_modules:/bootstraps/node:/task", variables.get("NODE_PATH"));
    assertFalse(variables.containsKey("AWS_ENDPOINT_URL"));
  }

  @Test
  void aDistributionsRubyHasItsGems() {
    Map<String, String> variables =
        FunctionVariables.of(
            spec("ruby3.3", null, Map.of()),
            interpreter("ruby", "/usr/bin/ruby3.1", 3, 1),
            BOOTSTRAPS,
            RuntimeSettings.NONE);
    assertEquals(
        "/task/vendor/bundle/ruby/3.3.0:/usr/lib/ruby/gems/3.1.0:/var/lib/gems/3.1.0"
            + ":/usr/share/rubygems-integration/all:/usr/share/rubygems-integration/3.1.0",
        variables.get("GEM_PATH"));
  }
}
