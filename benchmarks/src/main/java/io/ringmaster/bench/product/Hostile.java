package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.bench.floor.BenchRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A function that attacks its channel, in turn by each means that it has. */
final class Hostile extends Repeated {
  private static final String FUNCTION = "hostile";
  private static final long STEADY_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long SETTLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

  private static final List<byte[]> ATTACKS =
      List.of(attack("garbage"), attack("half"), attack("flood"));

  private final Engine engine;
  private int next;
  private long survived;

  private Hostile(Engine engine, Call call) {
    super(call);
    this.engine = engine;
    prepare(call);
  }

  /** Creates the function. */
  static Hostile of(Engine engine, BenchRuntime runtime) throws IOException {
    engine.functions().create(Echo.hostile(FUNCTION, runtime));
    return new Hostile(engine, engine.newCall().function(FUNCTION));
  }

  private static byte[] attack(String name) {
    return ("{\"attack\":\"" + name + "\"}").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  void prepare(Call call) {
    byte[] event = ATTACKS.get(next++ % ATTACKS.size());
    call.payload(event, 0, event.length);
  }

  /** Most end with the sandbox; what counts is that each is answered. */
  @Override
  void check(Call answered) {
    if (answered.refusal() == null && !answered.functionError()) {
      survived++;
    }
  }

  /** Sandboxes that take the place of those killed are made beside nobody who is measured. */
  @Override
  void settle() {
    long sinceNs = System.nanoTime();
    long giveUpNs = sinceNs + SETTLE_LIMIT_NS;
    int ready = ready();
    for (long nowNs = sinceNs; nowNs - sinceNs < STEADY_NS; nowNs = System.nanoTime()) {
      LockSupport.parkNanos(LOOK_NS);
      int now = ready();
      if (now != ready) {
        ready = now;
        sinceNs = System.nanoTime();
      }
      if (nowNs - giveUpNs > 0) {
        throw new IllegalStateException("the pool does not settle: " + engine.status());
      }
    }
  }

  private int ready() {
    return engine.status().genericSandboxes().values().stream().mapToInt(n -> n).sum();
  }

  /** Sandboxes that were killed for what they wrote. */
  long violations() {
    return engine.status().counters().get("protocolViolations");
  }

  @Override
  public String detail() {
    return String.format(
        "%d attacks, %.0f/s, %d of them survived, %d protocol violations",
        count(), perSecond(), survived, violations());
  }
}
