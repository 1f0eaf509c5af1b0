package io.ringmaster.core.record;

import com.lmax.disruptor.EventPoller;
import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.record.FunctionLogs.FunctionLog;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxLogs;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Writes the log: drains the dispatcher's records, reads what sandboxes wrote, puts both together,
 * keeps the last of it, and completes invocations whose callers want the log tail.
 *
 * <p>An agent: {@link #doWork} is one turn, {@link #await} sleeps after it. In production one
 * thread of its own calls them in turn; tests turn it by hand. One turn reads a bounded amount, so
 * that a function which writes without end delays the log of the others by no more than that.
 */
public final class LogAgent implements Agent {
  static final int TAIL_BYTES = 4096;

  private static final int OUTPUT_LIMIT = 64;
  private static final int ROUNDS_MAX = 128;

  /** A turn that has read so much ends, whoever wrote it. */
  private static final int TURN_BYTES = 4 << 20;

  private static final int MUCH_OUTPUT_BYTES = 16 * 1024;
  private static final int QUESTIONS_MAX = 1024;
  private static final int ENTRIES_KEPT = 4096;
  private static final long NAP_NS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SHORT_NAP_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long ACTIVE_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SLEEP_NS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Where output comes from.
   *
   * @param driver whose sandboxes write it
   * @param logs the output
   */
  public record Source(SandboxDriver driver, SandboxLogs logs) {}

  /** A source and its sandboxes by id. */
  private final class Port implements SandboxLogs.Sink {
    final Source source;
    final Int2ObjectHashMap<LogStream> streams = new Int2ObjectHashMap<>();

    Port(Source source) {
      this.source = source;
    }

    @Override
    public void output(
        int sandbox, byte[] bytes, int offset, int length, long mark, long position, int level) {
      outputBytes += length;
      if (discarding) {
        return;
      }
      LogStream stream = stream(sandbox);
      for (LogStream each = stream; each != null; each = each.next) {
        each.lookAhead();
      }
      drainRecords(); // whoever wrote these bytes is recorded, or the stream knows that it is ahead
      stream = stream(sandbox);
      while (stream.next != null && stream.belongsToNext(length, mark, position)) {
        stream.retire();
        stream = stream.next;
        streams.put(sandbox, stream);
      }
      stream.output(bytes, offset, length, mark, position, level);
      if (stream.holds()) {
        markUnclosed(new Unclosed(this, sandbox, stream));
      }
    }

    LogStream stream(int sandbox) {
      LogStream stream = streams.get(sandbox);
      if (stream == null) {
        stream = new LogStream(LogAgent.this);
        streams.put(sandbox, stream);
      }
      return stream;
    }

    /** That of the sandbox's present process: the last one. */
    LogStream present(int sandbox) {
      LogStream stream = stream(sandbox);
      while (stream.next != null) {
        stream = stream.next;
      }
      return stream;
    }
  }

  private record Unclosed(Port port, int sandbox, LogStream stream) {}

  private record Question(String arn, CompletableFuture<byte[]> answer) {}

  private final InvocationRecords records;
  private final LogBell bell;
  private final boolean discarding;

  /** Null: lines are not stored. */
  private final StoreFeed feed;

  private final LongSupplier clockNs;
  private final LongSupplier epochClockMs;
  private final Consumer<PendingInvocation> tailComplete;
  private final Port[] ports;

  // Any thread.
  private final MpscVarHandleArrayQueue<Question> questions =
      new MpscVarHandleArrayQueue<>(QUESTIONS_MAX);
  private volatile boolean closed;

  // Log agent.
  private final EventPoller.Handler<LogRecord> handler = (record, _, _) -> handle(record);
  private final FunctionLogs logs = new FunctionLogs();
  private final LineBuffer line = new LineBuffer();
  private final LogLines lines = new LogLines(line);
  private final JsonLines json = new JsonLines(line);
  private final Map<String, RuntimeVersion> runtimeVersions = new HashMap<>();
  private final ArrayDeque<LogEntry> spareEntries = new ArrayDeque<>();
  private List<Unclosed> unclosed = new ArrayList<>();
  private List<Unclosed> stillUnclosed = new ArrayList<>();
  private long turnNs;
  private long turn;
  private long lastWorkNs;
  private long outputBytes;
  private int held;

  /**
   * @param records the dispatcher's side
   * @param sink what becomes of lines; with {@link LogSink#OFF} output is read and thrown away, and
   *     the dispatcher needs no recorder
   * @param feed takes the lines with {@link LogSink#STORE}; else null
   * @param clockNs the present, as {@link System#nanoTime()}
   * @param epochClockMs the present, as {@link System#currentTimeMillis()}
   * @param tailComplete takes an invocation that was held for its log tail; called on the log
   *     agent's thread, once for each
   * @param sources where output comes from, one per driver
   */
  public LogAgent(
      InvocationRecords records,
      LogSink sink,
      StoreFeed feed,
      LongSupplier clockNs,
      LongSupplier epochClockMs,
      Consumer<PendingInvocation> tailComplete,
      List<Source> sources) {
    this.records = records;
    this.bell = records.bell();
    this.discarding = sink == LogSink.OFF;
    this.feed = feed;
    this.clockNs = clockNs;
    this.epochClockMs = epochClockMs;
    this.tailComplete = tailComplete;
    this.ports = sources.stream().map(Port::new).toArray(Port[]::new);
    this.lastWorkNs = clockNs.getAsLong() - ACTIVE_NS;
  }

  @Override
  public String roleName() {
    return "log";
  }

  /**
   * One turn: records, output, what is complete now, questions.
   *
   * @return 0: it may sleep, whatever was done
   */
  @Override
  public int doWork() {
    bell.answered();
    turnNs = clockNs.getAsLong();
    turn++;
    outputBytes = 0;
    for (Unclosed one : unclosed) {
      one.stream.lookAhead();
    }
    int work = drainRecords();
    boolean allRead = false;
    int silent = 0;
    for (int round = 0; round < ROUNDS_MAX && outputBytes < TURN_BYTES && !allRead; round++) {
      int read = readOutput();
      work += read;
      // The first silence may be half a record; nothing more came after the second.
      silent = read == 0 ? silent + 1 : 0;
      allRead = silent == 2;
    }
    closeWhatIsComplete(allRead);
    if (feed != null) {
      feed.handOver(epochMs());
    }
    work += answer();
    if (work > 0) {
      lastWorkNs = turnNs;
    }
    // What trickles in is handled in batches: nothing is urgent but what would block its writer.
    boolean urgent = !allRead || outputBytes >= MUCH_OUTPUT_BYTES || records.fillsUp();
    return urgent ? work : 0;
  }

  private int drainRecords() {
    return records.drain(handler);
  }

  private int readOutput() {
    int read = 0;
    for (Port port : ports) {
      read += port.source.logs().poll(port, OUTPUT_LIMIT);
    }
    return read;
  }

  private void closeWhatIsComplete(boolean allRead) {
    List<Unclosed> all = unclosed;
    unclosed = stillUnclosed;
    for (Unclosed one : all) {
      LogStream stream = one.stream;
      stream.unclosed = false;
      boolean done = stream.close(allRead, turnNs);
      if (stream.finished(allRead)) {
        retire(one);
      } else if (!done || stream.ended()) {
        markUnclosed(one);
      }
    }
    all.clear();
    stillUnclosed = all;
  }

  /** All of an ended process was read: its successor takes its place. */
  private void retire(Unclosed one) {
    one.stream.retire();
    if (one.port.streams.get(one.sandbox) != one.stream) {
      return; // output of the successor retired it before
    }
    if (one.stream.next == null) {
      one.port.streams.remove(one.sandbox);
    } else {
      one.port.streams.put(one.sandbox, one.stream.next);
    }
  }

  private void markUnclosed(Unclosed one) {
    if (!one.stream.unclosed) {
      one.stream.unclosed = true;
      unclosed.add(one);
    }
  }

  // ---- records ----

  private boolean handle(LogRecord record) {
    Port port = port(record.sandbox);
    int id = record.sandbox.id;
    LogStream stream = port.present(id);
    boolean begins =
        record.kind == LogRecord.Kind.INIT_STARTED
            || record.kind == LogRecord.Kind.INIT_ENDED
            || record.kind == LogRecord.Kind.STARTED;
    if (begins && stream.isOthers(record.sandbox.version) && !stream.ended()) {
      stream.end(); // the record of its end was dropped, and its number given again
      markUnclosed(new Unclosed(port, id, stream));
    }
    if (stream.ended() && begins) {
      stream.next = new LogStream(this);
      stream = stream.next;
    }
    stream.identify(record.sandbox.version);
    if (stream.isOutrun(record)) {
      record.clear();
      return true;
    }
    switch (record.kind) {
      case INIT_STARTED -> stream.initStarted(record);
      case INIT_ENDED -> stream.initEnded(record, initErrorType(record));
      case STARTED -> stream.started(record.sandbox, entry(record));
      case SETTLED -> settle(stream, record);
      case ENDED -> stream.end();
    }
    if (!stream.unclosed && stream.hasToClose()) {
      markUnclosed(new Unclosed(port, id, stream));
    }
    record.clear();
    return true;
  }

  private void settle(LogStream stream, LogRecord record) {
    LogEntry entry = stream.running(record);
    if (entry == null) {
      entry = entry(record); // the record of its start was dropped
      stream.started(record.sandbox, entry);
    }
    stream.settled(entry, record, turnNs);
    if (entry.held != null) {
      held++;
    }
  }

  private static String initErrorType(LogRecord record) {
    if (record.errorType != null || record.error == null) {
      return record.errorType;
    }
    return ErrorTypes.ofDocument(new String(record.error, StandardCharsets.UTF_8));
  }

  private Port port(Sandbox sandbox) {
    for (Port port : ports) {
      if (port.source.driver() == sandbox.driver) {
        return port;
      }
    }
    throw new IllegalStateException("a sandbox of a driver without output");
  }

  private LogEntry entry(LogRecord record) {
    LogEntry entry = spareEntries.poll();
    if (entry == null) {
      entry = new LogEntry();
    }
    entry.started(record);
    return entry;
  }

  // ---- what streams use ----

  /** Where {@link #lines} and {@link #json} render. */
  LineBuffer line() {
    return line;
  }

  LogLines lines() {
    return lines;
  }

  JsonLines json() {
    return json;
  }

  /** What is shown of a runtime; there are as many as the registry knows identifiers. */
  RuntimeVersion runtimeVersion(String runtime, String region) {
    return runtimeVersions.computeIfAbsent(runtime, name -> RuntimeVersion.of(name, region));
  }

  /** Whether every line is kept. */
  boolean storing() {
    return feed != null;
  }

  /** A stream of the store; null: the sink is another. */
  StoredStream openStored(SandboxSpec.Identity identity, String label) {
    return feed == null ? null : feed.open(feed.group(identity), label);
  }

  long epochMs() {
    return epochClockMs.getAsLong();
  }

  long turnNs() {
    return turnNs;
  }

  /** Turns so far. */
  long turn() {
    return turn;
  }

  FunctionLog functionLog(String arn) {
    return logs.open(arn);
  }

  /** The last line of an invocation was written. */
  void closed(LogEntry entry) {
    PendingInvocation invocation = entry.held;
    if (invocation != null) {
      held--;
      invocation.tail = entry.tail.tail();
      recycle(entry);
      tailComplete.accept(invocation);
    } else {
      recycle(entry);
    }
  }

  void recycle(LogEntry entry) {
    entry.clear();
    if (spareEntries.size() < ENTRIES_KEPT) {
      spareEntries.add(entry);
    }
  }

  // ---- questions ----

  /**
   * The last log lines of a function, oldest first: at least those of every invocation that had
   * settled before the call. Any thread; waits for the log agent.
   *
   * @param arn the function's unqualified ARN
   */
  public String recentLogs(String arn) {
    Question question = new Question(arn, new CompletableFuture<>());
    while (!closed && !questions.offer(question)) {
      Thread.onSpinWait();
    }
    bell.ring();
    if (closed) {
      question.answer.complete(new byte[0]);
    }
    return new String(question.answer.join(), StandardCharsets.UTF_8);
  }

  private int answer() {
    int answered = 0;
    Question question;
    while ((question = questions.poll()) != null) {
      question.answer.complete(logs.lines(question.arn));
      answered++;
    }
    return answered;
  }

  // ---- sleep ----

  /** Sleeps until there may be something to do. The agent's thread. */
  public void await() {
    long nowNs = clockNs.getAsLong();
    if (held > 0 || outputBytes >= MUCH_OUTPUT_BYTES) {
      bell.nap(SHORT_NAP_NS);
    } else if (nowNs - lastWorkNs < ACTIVE_NS || !unclosed.isEmpty()) {
      bell.nap(NAP_NS);
    } else {
      bell.sleep(nowNs, nowNs + SLEEP_NS, this::anythingArrived);
    }
  }

  private boolean anythingArrived() {
    return bell.rung() || !records.isEmpty() || !questions.isEmpty();
  }

  /** Wakes the agent, so that its thread can see that it is to end. Any thread. */
  public void wake() {
    bell.ring();
  }

  /** After the dispatcher stopped: completes what is still held and answers what is still asked. */
  @Override
  public void onClose() {
    doWork();
    closeWhatIsComplete(true);
    for (Port port : ports) {
      port.streams.values().forEach(LogStream::retire);
    }
    if (feed != null) {
      feed.handOver(epochMs());
    }
    closed = true;
    answer();
  }
}
