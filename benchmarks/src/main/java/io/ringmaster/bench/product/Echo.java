package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The function of all benchmarks, a no-op echo at 1,769 MB, and its event of 64 bytes. */
final class Echo {
  static final byte[] EVENT =
      ("{\"data\":\"" + "x".repeat(53) + "\"}").getBytes(StandardCharsets.US_ASCII);

  static final int MEMORY_MB = 1769;
  static final int TIMEOUT_S = 60;

  private Echo() {}

  /** The event as text. */
  static String text() {
    return new String(EVENT, StandardCharsets.US_ASCII);
  }

  static FunctionSpec of(String name, BenchRuntime runtime) throws IOException {
    return spec(name)
        .runtime(runtime.identifier())
        .handler(runtime.language().handler())
        .code(FunctionCode.files(Programs.code(runtime.language())))
        .build();
  }

  static FunctionSpec inJvm(String name) {
    return spec(name)
        .code(
            FunctionCode.inJvmNonBlocking(
                (event, response) -> response.write(event.bytes(), event.offset(), event.length())))
        .build();
  }

  /** One that holds its environment until a file's lock is free, and tells its environment. */
  static FunctionSpec holding(String name, BenchRuntime runtime) throws IOException {
    return spec(name)
        .runtime(runtime.identifier())
        .handler("burst.handler")
        .code(FunctionCode.files(Programs.burst(runtime.language())))
        .build();
  }

  /** One that attacks its channel; Python only. */
  static FunctionSpec hostile(String name, BenchRuntime runtime) throws IOException {
    return spec(name)
        .runtime(runtime.identifier())
        .handler("hostile.handler")
        .code(FunctionCode.files(Programs.hostile(runtime.language())))
        .build();
  }

  private static FunctionSpec.Builder spec(String name) {
    return FunctionSpec.named(name).memoryMb(MEMORY_MB).timeoutSeconds(TIMEOUT_S);
  }

  /**
   * Throws unless the call was answered with an echo; the runtime may have put blanks into the
   * JSON.
   */
  static void check(Call call) {
    if (call.refusal() != null || call.functionError() || call.responseLength() < EVENT.length) {
      throw new IllegalStateException(
          "an echo failed: " + call.toResult() + " " + call.toResult().payloadText());
    }
  }
}
