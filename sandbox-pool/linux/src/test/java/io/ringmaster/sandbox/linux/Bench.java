package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.TimeUnit;

/** An engine's two agents, turned by hand. */
final class Bench implements DriverEvents, SandboxLogs.Sink, AutoCloseable {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

  record Event(String kind, int sandbox, long number, String text) {
    @Override
    public String toString() {
      return kind + "(" + sandbox + ", " + number + ", " + text + ")";
    }
  }

  /** How frames reach processes, in this run of the tests. */
  static final RuntimeSettings SETTINGS =
      RuntimeSettings.NONE.withChannel(
          ChannelChoice.valueOf(System.getProperty("ringmaster.test.channel", "AUTO")));

  final Path folder;
  final EpollSleeper sleeper = EpollSleeper.open();
  final EpollSleeper logSleeper = EpollSleeper.open();
  final ProcessPool pool;
  final SandboxDriver driver;
  final ArrayDeque<Event> events = new ArrayDeque<>();
  final Map<Integer, StringBuilder> output = new HashMap<>();
  final Map<Integer, Long> marks = new HashMap<>();
  final Map<Integer, Long> positions = new HashMap<>();
  boolean readsLogs = true;

  /** What the dispatcher does with a sandbox when one of its invocations was skipped. */
  java.util.function.IntConsumer whenSkipped = sandbox -> {};

  final Path code;
  private long versions;
  private long sequences;

  Bench(Path folder, int generics) throws Exception {
    this(
        folder,
        new ProcessPoolConfig(
            Files.createDirectories(folder.resolve("data")),
            64,
            generics,
            64,
            List.of(),
            SETTINGS));
  }

  Bench(Path folder, ProcessPoolConfig config) throws Exception {
    this(folder, config, KeeperMode.PID_NAMESPACE);
  }

  Bench(Path folder, ProcessPoolConfig config, KeeperMode mode) throws Exception {
    this(folder, config, mode, null);
  }

  Bench(Path folder, ProcessPoolConfig config, KeeperMode mode, RuntimeApi runtimeApi)
      throws Exception {
    this.folder = folder;
    code = Files.createDirectories(folder.resolve("code"));
    pool = ProcessPool.open(config, sleeper, logSleeper, runtimeApi, mode);
    driver = pool.driver();
  }

  /** A version whose package is one Python module. */
  SandboxSpec function(String source) throws Exception {
    return function(source, Map.of(), false);
  }

  SandboxSpec function(String source, Map<String, String> environment, boolean raw)
      throws Exception {
    Path own = Files.createDirectories(code.resolve("v" + ++versions));
    Files.writeString(own.resolve("app.py"), source);
    return spec("python3.11", own, environment, raw);
  }

  /** A version that brings its own runtime; null: its package has none. */
  SandboxSpec provided(String bootstrap) throws Exception {
    Path own = Files.createDirectories(code.resolve("v" + ++versions));
    if (bootstrap != null) {
      Path file = Files.writeString(own.resolve("bootstrap"), bootstrap);
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return spec("provided.al2023", own, Map.of(), false);
  }

  static SandboxSpec spec(String runtime, Path code, Map<String, String> environment, boolean raw) {
    return new SandboxSpec(
        runtime,
        "app.handler",
        code,
        null,
        "x86_64",
        environment,
        new SandboxSpec.Identity(
            "123456789012",
            "us-east-1",
            "f",
            "$LATEST",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "/aws/lambda/f",
            "Text",
            "",
            ""),
        128,
        TimeUnit.SECONDS.toNanos(30),
        512,
        raw);
  }

  int prepare(SandboxSpec spec) {
    return driver.prepare(new PoolKey("123456789012", versions, "", ""), spec);
  }

  /** Prepares a sandbox and waits until it is ready. */
  int ready(SandboxSpec spec) {
    int sandbox = prepare(spec);
    expect("ready", sandbox);
    return sandbox;
  }

  OfferedInvocation offer(int sandbox, byte[] payload) {
    OfferedInvocation invocation = new OfferedInvocation(++sequences, payload);
    if (!driver.offer(Slots.slot(sandbox, 0), invocation)) {
      throw new AssertionError("slot of " + sandbox + " is full");
    }
    return invocation;
  }

  OfferedInvocation offer(int sandbox, String payload) {
    return offer(sandbox, payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  String invoke(int sandbox, String payload) {
    OfferedInvocation invocation = offer(sandbox, payload);
    expect("response", sandbox);
    return invocation.answer();
  }

  /** Turns until the next event, which must be this one. */
  Event expect(String kind, int sandbox) {
    Event event = next();
    if (!event.kind.equals(kind) || event.sandbox != sandbox) {
      throw new AssertionError(
          "expected " + kind + " of " + sandbox + ", came " + event + "; output " + tails());
    }
    return event;
  }

  Event next() {
    long deadlineNs = System.nanoTime() + PATIENCE_NS;
    while (events.isEmpty()) {
      turn();
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("nothing came; " + pool.status() + "; output " + tails());
      }
    }
    return events.remove();
  }

  void turn() {
    int done = driver.poll(this, 16);
    done += readsLogs ? pool.logs().poll(this, 64) : 0;
    if (done == 0) {
      long now = System.nanoTime();
      sleeper.await(now, now + 2_000_000, driver::hasEvents);
    }
  }

  /** Turns until something holds. */
  void until(java.util.function.BooleanSupplier holds, String what) {
    long deadlineNs = System.nanoTime() + PATIENCE_NS;
    while (!holds.getAsBoolean()) {
      turn();
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError(what + "; " + pool.status() + "; " + events);
      }
    }
  }

  /** Turns for a while in which no event may come. */
  void quiet(long ns) {
    long endNs = System.nanoTime() + ns;
    while (System.nanoTime() < endNs) {
      turn();
    }
    if (!events.isEmpty()) {
      throw new AssertionError("came " + events);
    }
  }

  private String tails() {
    StringBuilder all = new StringBuilder();
    output.forEach(
        (sandbox, text) ->
            all.append(sandbox)
                .append(": ")
                .append(text.substring(Math.max(0, text.length() - 500)))
                .append('\n'));
    return all.toString();
  }

  String output(int sandbox) {
    return output.getOrDefault(sandbox, new StringBuilder()).toString();
  }

  @Override
  public void ready(int sandbox, int slots, long bindNs, long initNs) {
    events.add(new Event("ready", sandbox, slots, bindNs + " " + initNs));
  }

  @Override
  public void initRefused(int sandbox, String errorType, String text, long initNs) {
    events.add(new Event("initRefused", sandbox, initNs, errorType + " " + text));
  }

  @Override
  public void initFailed(int sandbox, byte[] error, long initNs) {
    events.add(
        new Event(
            "initFailed",
            sandbox,
            initNs,
            new String(error, java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Override
  public void taken(int slot, long sequence) {
    throw new AssertionError("taken");
  }

  @Override
  public void skipped(int slot, long sequence) {
    events.add(new Event("skipped", Slots.sandbox(slot), sequence, ""));
    whenSkipped.accept(Slots.sandbox(slot));
  }

  @Override
  public void chunk(int slot, long sequence, int bytes) {
    events.add(new Event("chunk", Slots.sandbox(slot), bytes, ""));
  }

  @Override
  public void response(
      int slot, long sequence, boolean functionError, long logMark, int maxMemoryKb) {
    events.add(
        new Event(
            functionError ? "error" : "response",
            Slots.sandbox(slot),
            sequence,
            logMark + " " + maxMemoryKb));
  }

  @Override
  public void exited(int sandbox, int status, int maxMemoryKb) {
    events.add(new Event("exited", sandbox, status, "" + maxMemoryKb));
  }

  @Override
  public void failed(int sandbox, Fault fault, String detail) {
    events.add(new Event("failed", sandbox, fault.ordinal(), fault + ": " + detail));
  }

  @Override
  public void output(
      int sandbox, byte[] bytes, int offset, int length, long mark, long position, int level) {
    output
        .computeIfAbsent(sandbox, s -> new StringBuilder())
        .append(new String(bytes, offset, length, java.nio.charset.StandardCharsets.UTF_8));
    marks.put(sandbox, mark);
    positions.put(sandbox, position);
  }

  @Override
  public void close() {
    driver.close();
    pool.closeLogs();
    sleeper.close();
    logSleeper.close();
  }
}
