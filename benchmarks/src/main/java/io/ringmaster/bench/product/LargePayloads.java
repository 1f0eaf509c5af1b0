package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.bench.floor.BenchRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Events of one size, echoed one after the other by an environment of their own. */
final class LargePayloads extends Repeated {
  private static final String FUNCTION = "large";
  private static final byte[] HEAD = "{\"data\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int COPIES = 20;

  private final int bytes;
  private final double copiedPerSecond;

  private LargePayloads(Call call, int bytes) {
    super(call);
    this.bytes = bytes;
    copiedPerSecond = copied(bytes);
  }

  /** Creates the function. */
  static LargePayloads of(Engine engine, BenchRuntime runtime, int bytes) throws IOException {
    engine.functions().create(Echo.of(FUNCTION, runtime));
    byte[] event = event(bytes);
    return new LargePayloads(
        engine.newCall().function(FUNCTION).payload(event, 0, event.length), bytes);
  }

  private static byte[] event(int bytes) {
    byte[] event = new byte[bytes];
    Arrays.fill(event, (byte) 'x');
    System.arraycopy(HEAD, 0, event, 0, HEAD.length);
    System.arraycopy(TAIL, 0, event, bytes - TAIL.length, TAIL.length);
    return event;
  }

  /** Bytes a second of one thread that copies as much from one array to another. */
  private static double copied(int bytes) {
    byte[] from = event(bytes);
    byte[] to = new byte[bytes];
    long best = Long.MAX_VALUE;
    for (int i = 0; i < COPIES; i++) {
      long begin = System.nanoTime();
      System.arraycopy(from, 0, to, 0, bytes);
      best = Math.min(best, System.nanoTime() - begin);
    }
    return to[0] == from[0] ? bytes * 1e9 / Math.max(1, best) : 0;
  }

  @Override
  void check(Call answered) {
    if (answered.refusal() != null
        || answered.functionError()
        || answered.responseLength() < bytes) {
      throw new IllegalStateException("an echo failed: " + answered.statusCode() + " of " + bytes);
    }
  }

  @Override
  public String detail() {
    return String.format(
        "%.3f GB/s of events and answers, %.0f/s; memcpy %.1f GB/s",
        2 * bytes * perSecond() / 1e9, perSecond(), copiedPerSecond / 1e9);
  }
}
