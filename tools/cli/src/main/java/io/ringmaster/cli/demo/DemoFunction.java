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
import java.util.zip.CRC32;

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

  private static final String PROVIDED = "provided.al2023";

  private static final long CRC_OF_RINGMASTER = crc("ringmaster");

  private static long crc(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

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

  /** The Python programs that are put under load. */
  static List<DemoFunction> python(String runtime) {
    return List.of(transform(runtime), primes(runtime), counter(runtime));
  }

  /** A small Python program of this package's resources. */
  static FunctionSpec.Builder python(String name, String runtime) {
    String file = name + ".py";
    return FunctionSpec.named("demo-" + name)
        .runtime(runtime)
        .handler(name + ".handler")
        .memoryMb(256)
        .code(FunctionCode.source(file, text(file)));
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

  /** A program of Node.js. */
  static DemoFunction words() {
    return new DemoFunction(
        "demo-words",
        true,
        program("words", "nodejs22.x", "words.handler")
            .code(FunctionCode.source("words.js", text("words.js")))
            .build(),
        number -> "{\"number\":" + number + ",\"text\":\"The ring, the master and the ring\"}",
        (number, answer) ->
            answer.equals("{\"number\":" + number + ",\"words\":7,\"different\":4}"));
  }

  /** A program of Java, compiled with this one. */
  static DemoFunction checksum() {
    return new DemoFunction(
        "demo-checksum",
        true,
        program("checksum", "java21", "Checksum::handle")
            .memoryMb(512)
            .timeoutSeconds(10)
            .code(FunctionCode.files(Map.of("Checksum.class", bytes("java/Checksum.class"))))
            .build(),
        number -> "{\"number\":" + number + ",\"text\":\"ringmaster\"}",
        (number, answer) ->
            answer.equals("{\"number\":" + number + ",\"crc32\":" + CRC_OF_RINGMASTER + "}"));
  }

  /** A program of Ruby. */
  static DemoFunction reverse() {
    return new DemoFunction(
        "demo-reverse",
        true,
        program("reverse", "ruby3.4", "reverse.handler")
            .code(FunctionCode.source("reverse.rb", text("reverse.rb")))
            .build(),
        number -> "{\"number\":" + number + ",\"text\":\"ringmaster\"}",
        (number, answer) -> answer.equals("{\"number\":" + number + ",\"text\":\"retsamgnir\"}"));
  }

  /** A runtime of its own, written in shell. */
  static DemoFunction shell() {
    return new DemoFunction(
        "demo-shell",
        true,
        program("shell", PROVIDED, "any")
            .timeoutSeconds(10)
            .code(FunctionCode.source("bootstrap", text("shell/bootstrap")))
            .build(),
        number -> "\"order " + number + "\"",
        (number, answer) -> answer.equals("\"ORDER " + number + "\""));
  }

  /** A runtime of its own, a program that was compiled by Go. */
  static DemoFunction go(byte[] executable) {
    return new DemoFunction(
        "demo-go",
        true,
        program("go", PROVIDED, "any")
            .code(FunctionCode.files(Map.of("bootstrap", executable)))
            .build(),
        number -> Long.toString(number % 90),
        (number, answer) ->
            answer.equals(
                "{\"n\":" + number % 90 + ",\"fibonacci\":" + fibonacci(number % 90) + "}"));
  }

  private static long fibonacci(long n) {
    long a = 0;
    long b = 1;
    for (long i = 0; i < n; i++) {
      long sum = a + b;
      a = b;
      b = sum;
    }
    return a;
  }

  private static FunctionSpec.Builder program(String name, String runtime, String handler) {
    return FunctionSpec.named("demo-" + name).runtime(runtime).handler(handler).memoryMb(256);
  }

  /** An in-JVM handler. */
  static DemoFunction shout() {
    InJvmHandler handler =
        (event, response) -> response.write(event.text().toUpperCase(Locale.ROOT));
    return new DemoFunction(
        "demo-shout",
        false,
        FunctionSpec.named("demo-shout").code(FunctionCode.inJvm(handler)).build(),
        number -> "\"order " + number + "\"",
        (number, answer) -> answer.equals("\"ORDER " + number + "\""));
  }

  private static String text(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** A file of the demonstration's programs. */
  static byte[] bytes(String file) {
    try (InputStream in =
        DemoFunction.class.getResourceAsStream("/io/ringmaster/cli/demo/" + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "the demonstration's program " + file + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
