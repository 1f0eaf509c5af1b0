package io.ringmaster.core.record;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.api.Owner;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.AccountState;
import io.ringmaster.core.model.FunctionState;
import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxLogs;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Sleeper;
import io.ringmaster.sandbox.spi.Slots;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A dispatcher, sandboxes that write, and a log agent turned by hand. */
final class World implements SandboxLogs {
  static final long EPOCH_MS = 1_780_000_000_123L; // 2026-05-28T20:26:40.123Z

  private record Piece(int sandbox, byte[] bytes, long mark, long position, int level) {}

  /** A sleeper that counts who wakes it. */
  static final class Bedside implements Sleeper {
    volatile int wakes;

    @Override
    public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
      throw new IllegalStateException("the log agent is turned by hand");
    }

    @Override
    public synchronized void wake() {
      wakes++;
    }

    @Override
    public void close() {}
  }

  final SandboxDriver driver =
      (SandboxDriver)
          Proxy.newProxyInstance(
              World.class.getClassLoader(),
              new Class<?>[] {SandboxDriver.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("logStream")) {
                  return "2026/05/28/[$LATEST]0123456789abcdef0123456789abcdef";
                }
                if (method.getName().equals("initLogPosition")) {
                  return World.this.initPosition;
                }
                throw new IllegalStateException("nobody calls the driver here: " + method);
              });
  final Counters counters = new Counters();
  final Bedside sleeper = new Bedside();
  static final Owner OWN = new Owner("123456789012", "us-east-1");
  final StoreFeed feed = new StoreFeed(counters, OWN);
  final InvocationRecords records;
  final LogAgent agent;
  final List<PendingInvocation> completed = new ArrayList<>();
  private final Deque<Piece> pipe = new ArrayDeque<>();

  /** What the driver says at the end of an init. */
  long initPosition = ResponseBuffer.UNKNOWN;

  private long flooded;

  /** By sandbox: framed bytes, all bytes. */
  private final Map<Integer, long[]> written = new HashMap<>();

  private Runnable duringPoll = () -> {};
  long nowNs = 1_000_000_000L;

  /** A sandbox that writes and writes; or none. */
  int flooder = -1;

  private long ids;

  World() {
    this(1024, LogSink.MEMORY);
  }

  World(int ring, LogSink sink) {
    records = new InvocationRecords(ring, sleeper, counters);
    agent =
        new LogAgent(
            records,
            sink,
            sink == LogSink.STORE ? feed : null,
            () -> nowNs,
            () -> EPOCH_MS,
            completed::add,
            List.of(new LogAgent.Source(driver, this)));
  }

  static VersionState version(String name, String label, String format) {
    return version(name, label, format, "", "");
  }

  static VersionState version(
      String name, String label, String format, String applicationLevel, String systemLevel) {
    FunctionState function =
        new FunctionState(
            new AccountState("123456789012", 1000),
            name,
            "arn:aws:lambda:us-east-1:123456789012:function:" + name);
    SandboxSpec.Identity identity =
        new SandboxSpec.Identity(
            "123456789012",
            "us-east-1",
            name,
            label,
            function.arn,
            "/aws/lambda/" + name,
            format,
            applicationLevel,
            systemLevel);
    SandboxSpec spec =
        new SandboxSpec(
            "python3.13",
            "app.handler",
            null,
            null,
            "x86_64",
            Map.of(),
            identity,
            128,
            3_000_000_000L,
            512,
            false);
    return new VersionState(
        function, 1, label, new PoolKey("123456789012", 1, "", ""), spec, false);
  }

  Sandbox sandbox(int id, VersionState version) {
    return new Sandbox(driver, id, version, 0);
  }

  /** Init that nobody heard the begin of. */
  void initFails(Sandbox sandbox, byte[] error, long initNs) {
    records.initEnded(sandbox, InitStatus.ERROR, null, error, initNs, EPOCH_MS);
  }

  PendingInvocation start(Sandbox sandbox, boolean tail) {
    return start(sandbox, 0, tail);
  }

  PendingInvocation start(Sandbox sandbox, int index, boolean tail) {
    PendingInvocation invocation = new PendingInvocation(_ -> {});
    invocation.logTail(tail);
    invocation.sandbox = sandbox;
    invocation.version = sandbox.version;
    invocation.slot = Slots.slot(sandbox.id, index);
    invocation.requestIdHigh = 0x0123456789abcdefL;
    invocation.requestIdLow = 0xfedcba9800000000L + ++ids;
    records.started(invocation, EPOCH_MS);
    return invocation;
  }

  boolean settle(PendingInvocation invocation, Outcome outcome, long mark) {
    invocation.invokeNs = 3_010_000;
    invocation.billedMs = 4;
    invocation.maxMemoryKb = 36 * 1024;
    invocation.logMark = mark;
    return records.settled(invocation, outcome, EPOCH_MS + 3);
  }

  void error(PendingInvocation invocation, String type, String message) {
    byte[] json =
        ("{\"errorType\":\"" + type + "\",\"errorMessage\":\"" + message + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    invocation.errorType = type;
    invocation.functionError = true;
    invocation.responseBuffer().append(json, 0, json.length);
  }

  static String id(int number) {
    return "01234567-89ab-cdef-fedc-ba98" + String.format("%08x", number);
  }

  void write(int sandbox, String text, long mark) {
    write(sandbox, text, mark, 0);
  }

  void write(int sandbox, String text, long mark, int level) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long[] before = written.computeIfAbsent(sandbox, s -> new long[2]);
    if (mark < before[0]) {
      before[0] = before[1] = 0; // another process
    }
    before[1] += mark > before[0] ? mark - before[0] : bytes.length;
    before[0] = mark;
    pipe.add(new Piece(sandbox, bytes, mark, before[1], level));
  }

  /** A line of code in this JVM: its mark is a number of lines, and nobody counts bytes. */
  void say(int sandbox, String line, long number) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    pipe.add(new Piece(sandbox, bytes, number, ResponseBuffer.UNKNOWN, 0));
  }

  /** The first raw output of the sandbox's next process. */
  void writeAnew(int sandbox, String text) {
    written.remove(sandbox);
    write(sandbox, text, 0);
  }

  /** What the driver finds in the pipe, and behind it, when the process answers. */
  void looked(PendingInvocation invocation, int sandbox) {
    invocation.responseBuffer().logPosition(written.getOrDefault(sandbox, new long[2])[1]);
  }

  void duringPoll(Runnable action) {
    duringPoll = action;
  }

  @Override
  public int poll(Sink sink, int limit) {
    Runnable action = duringPoll;
    duringPoll = () -> {};
    action.run();
    int delivered = 0;
    Piece piece;
    while (delivered < limit && (piece = pipe.poll()) != null) {
      sink.output(
          piece.sandbox,
          piece.bytes,
          0,
          piece.bytes.length,
          piece.mark,
          piece.position,
          piece.level);
      delivered++;
    }
    while (flooder >= 0 && delivered < limit) {
      sink.output(flooder, new byte[] {'x'}, 0, 1, 0, ++flooded, 0);
      delivered++;
    }
    return delivered;
  }

  int waitingPieces() {
    return pipe.size();
  }

  void turn() {
    agent.doWork();
  }

  /** What the agent's thread would answer. */
  String log(String function) {
    String[] text = new String[1];
    Thread asker =
        Thread.ofPlatform()
            .start(
                () ->
                    text[0] =
                        agent.recentLogs(
                            "arn:aws:lambda:us-east-1:123456789012:function:" + function));
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (asker.isAlive() && System.nanoTime() < deadline) {
      agent.doWork();
      Thread.onSpinWait();
    }
    if (asker.isAlive()) {
      throw new AssertionError("no answer");
    }
    return text[0];
  }
}
