package io.ringmaster.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Owner;
import io.ringmaster.lambdahttp.LambdaHttpConfig;
import io.ringmaster.lambdahttp.LambdaHttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code -Dringmaster.seconds} and {@code -Dringmaster.seed} make it long: {@code tests/run fuzz}.
 */
class HostileHttpTest {
  private static final long SECONDS = Long.getLong("ringmaster.seconds", 10);
  private static final int ATTACKERS = 6;
  private static final int GOOD = 3;
  private static final int SLOW = 200;
  private static final Duration HEADER_LIMIT = Duration.ofSeconds(2);
  private static final Duration BODY_LIMIT = Duration.ofSeconds(1);
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(3);

  /** Two processors that other tests use too; without attacks it is some milliseconds. */
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(5);

  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Integer> counts = Collections.synchronizedMap(new TreeMap<>());
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger leaks = new AtomicInteger();
  private final AtomicLong hidden = new AtomicLong();

  @Test
  @Timeout(value = 7200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void hostileClientsHurtNobodyElse() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener(
        (type, records) -> {
          leaks.incrementAndGet();
          failures.add("leaked: " + type + records);
        });
    List<GoodClient> good = new ArrayList<>();
    try (Engine engine = engine()) {
      LambdaHttpServer http = LambdaHttpServer.start(config(), engine);
      try {
        run(http.address(), seed, good);
      } finally {
        http.close(Duration.ofSeconds(5));
      }
    } finally {
      ResourceLeakDetector.setLevel(level);
      report(seed, good);
    }
    assertEquals(List.of(), failures, () -> "seed " + seed);
    assertEquals(0, hidden.get(), "hidden requests that were done");
    for (GoodClient client : good) {
      assertEquals(List.of(), client.failures());
      assertTrue(client.served() > SECONDS * 5, () -> "served " + client.served());
      assertTrue(client.longestNs() < LONGEST_NS, () -> "longest " + client.longestNs() + " ns");
    }
  }

  private Engine engine() {
    Engine engine =
        Engine.open(EngineConfig.builder().sandboxProcesses(false).environmentsMax(64).build());
    engine
        .functions()
        .create(
            FunctionSpec.named("echo")
                .code(
                    FunctionCode.inJvmNonBlocking(
                        (event, response) ->
                            response.write(event.bytes(), event.offset(), event.length())))
                .build());
    engine
        .functions()
        .create(
            FunctionSpec.named("hidden")
                .code(FunctionCode.inJvmNonBlocking((event, response) -> hidden.incrementAndGet()))
                .build());
    return engine;
  }

  private static LambdaHttpConfig config() {
    return LambdaHttpConfig.builder(new Owner("123456789012", "us-east-1"))
        .header(HEADER_LIMIT)
        .body(BODY_LIMIT)
        .idle(IDLE_LIMIT)
        .build();
  }

  private void run(InetSocketAddress server, long seed, List<GoodClient> good) throws Exception {
    List<Attack> attacks =
        Stream.concat(MalformedRequests.all().stream(), UnrulyClients.all().stream()).toList();
    Footprint first = Footprint.now();
    // each once: what is loaded and pooled at the first use is no leak
    for (Attack attack : attacks) {
      attempt(attack, server, seed);
    }
    awaitRest(first, Duration.ofSeconds(10));
    Footprint before = Footprint.now();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int number = 0; number < GOOD; number++) {
        GoodClient client = new GoodClient(server);
        good.add(client);
        threads.execute(client);
      }
      try {
        attackFor(threads, attacks, server, seed);
        slowly(server);
      } finally {
        good.forEach(GoodClient::stop);
      }
    }
    if (!awaitRest(before, Duration.ofSeconds(30))) {
      failures.add("before " + before + ", after " + Footprint.now());
    }
  }

  private void attackFor(
      ExecutorService threads, List<Attack> attacks, InetSocketAddress server, long seed)
      throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    AtomicLong next = new AtomicLong(seed);
    List<Future<?>> running = new ArrayList<>();
    for (int number = 0; number < ATTACKERS; number++) {
      running.add(
          threads.submit(
              () -> {
                while (System.nanoTime() < endNs && failures.size() < 20) {
                  // which attack and how are drawn apart: else each kind has but a few forms
                  SplittableRandom own = new SplittableRandom(next.incrementAndGet());
                  attempt(attacks.get(own.nextInt(attacks.size())), server, own.nextLong());
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
  }

  private void attempt(Attack attack, InetSocketAddress server, long seed) {
    counts.merge(attack.name(), 1, Integer::sum);
    try {
      attack.action().run(server, new Random(seed));
      passed.incrementAndGet();
    } catch (IOException | RuntimeException | AssertionError e) {
      failures.add(attack.name() + ", seed " + seed + ": " + e);
    }
  }

  /** Many connections that send a bit now and then: each is closed when its time is over. */
  private void slowly(InetSocketAddress server) throws IOException {
    List<Wire> slow = new ArrayList<>();
    try {
      for (int number = 0; number < SLOW; number++) {
        slow.add(new Wire(server).send(number % 2 == 0 ? "POST /2015" : Attack.INVOKE));
      }
      long endNs = System.nanoTime() + HEADER_LIMIT.plusSeconds(8).toNanos();
      long open;
      do {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        slow.forEach(wire -> wire.send("X"));
        open = slow.stream().filter(wire -> !wire.isEnded()).count();
      } while (open > 0 && System.nanoTime() < endNs);
      counts.merge("slow connections", SLOW, Integer::sum);
      if (open == 0) {
        passed.addAndGet(SLOW);
      } else {
        failures.add(open + " of " + SLOW + " slow connections are still open");
      }
    } finally {
      for (Wire wire : slow) {
        wire.close();
      }
    }
  }

  /** Waits until no more is held than before; leaked buffers are found by the collector. */
  private static boolean awaitRest(Footprint before, Duration most) {
    long endNs = System.nanoTime() + most.toNanos();
    while (System.nanoTime() < endNs) {
      System.gc();
      if (Footprint.now().isWithin(before)) {
        return true;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    return false;
  }

  private void report(long seed, List<GoodClient> good) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", "ringmaster.fuzz/1");
    result.put("seed", seed);
    result.put("seconds", SECONDS);
    result.put("passed", passed.get());
    result.put("failed", failures.size());
    result.put("attacks", counts);
    result.put("leaks", leaks.get());
    result.put("served", good.stream().mapToLong(GoodClient::served).sum());
    result.put(
        "longestMs", good.stream().mapToLong(GoodClient::longestNs).max().orElse(0) / 1_000_000);
    result.put("failures", List.copyOf(failures));
    new ObjectMapper().writeValue(Path.of("target", "fuzz.json").toFile(), result);
  }
}
