package io.ringmaster.cli.demo;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InJvmHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One program of the demonstration.
 *
 * @param name function name
 * @param process whether it runs in a sandbox process
 * @param spec what to create
 * @param events the event of invocation number i
 * @param check whether an answer to invocation number i is right; called from any thread
 */
record DemoFunction(String name, boolean process, FunctionSpec spec, Events events, Check check) {

  private static final Pattern COUNT =
      Pattern.compile("\\{\"environment\": \"([0-9a-f-]{36})\", \"count\": ([0-9]{1,9})}");

  /** Makes events. */
  @FunctionalInterface
  interface Events {
    String event(long number);
  }

  /** Judges answers. */
  @FunctionalInterface
  interface Check {
    boolean right(long number, String answer);
  }

  /** The programs that are put under load. */
  static List<DemoFunction> all(String pythonRuntime) {
    return List.of(
        transform(pythonRuntime), primes(pythonRuntime), counter(pythonRuntime), shout());
  }

  /** A small Python program of this package's resources. */
  static FunctionSpec.Builder python(String name, String runtime) {
    String file = name + ".py";
    return FunctionSpec.named("demo-" + name)
        .runtime(runtime)
        .handler(name + ".handler")
        .memoryMb(256)
        .code(FunctionCode.source(file, resource(file)));
  }

  private static DemoFunction transform(String runtime) {
    return new DemoFunction(
        "demo-transform",
        true,
        python("transform", runtime).build(),
        number ->
            String.format(
                Locale.ROOT, // JSON knows ASCII digits only
                "{\"order\": %d, \"items\": [{\"name\": \"tea\", \"cents\": 350, \"quantity\": %d},"
                    + " {\"name\": \"bread\", \"cents\": 420, \"quantity\": 1}]}",
                number,
                1 + number % 9),
        (number, answer) -> {
          long tea = 350 * (1 + number % 9);
          return answer.equals(
              String.format(
                  Locale.ROOT, // JSON knows ASCII digits only
                  "{\"order\": %d, \"lines\": [{\"name\": \"BREAD\", \"cents\": 420}, {\"name\":"
                      + " \"TEA\", \"cents\": %d}], \"total\": %d}",
                  number,
                  tea,
                  tea + 420));
        });
  }

  private static DemoFunction primes(String runtime) {
    return new DemoFunction(
        "demo-primes",
        true,
        python("primes", runtime).timeoutSeconds(10).build(),
        number -> "{\"below\": 20000}",
        (number, answer) -> answer.equals("{\"below\": 20000, \"primes\": 2262}"));
  }

  private static DemoFunction counter(String runtime) {
    Map<String, BitSet> seen = new HashMap<>();
    return new DemoFunction(
        "demo-counter",
        true,
        python("counter", runtime).build(),
        number -> "{}",
        (number, answer) -> {
          Matcher matcher = COUNT.matcher(answer);
          if (!matcher.matches()) {
            return false;
          }
          int count = Integer.parseInt(matcher.group(2));
          synchronized (seen) {
            BitSet counts = seen.computeIfAbsent(matcher.group(1), environment -> new BitSet());
            boolean fresh = !counts.get(count);
            counts.set(count);
            return fresh;
          }
        });
  }

  private static DemoFunction shout() {
    InJvmHandler handler =
        (event, response) -> response.write(event.text().toUpperCase(Locale.ROOT));
    return new DemoFunction(
        "demo-shout",
        false,
        FunctionSpec.named("demo-shout").code(FunctionCode.inJvm(handler)).build(),
        number -> "\"order " + number + "\"",
        (number, answer) -> answer.equals("\"ORDER " + number + "\""));
  }

  private static String resource(String file) {
    try (InputStream in =
        DemoFunction.class.getResourceAsStream("/io/ringmaster/cli/demo/" + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "the demonstration's program " + file + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
