package io.ringmaster.core.record;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.Sleeper;
import java.nio.charset.StandardCharsets;

/**
 * The dispatcher's side of the log: copies figures into a ring that the {@link LogAgent} reads.
 * Allocates nothing but for invocations that failed. When the ring is full, records are dropped and
 * counted; a settled invocation is then completed by the dispatcher, without a tail.
 *
 * <p>Dispatcher thread only. It wakes the log agent for a wanted tail and for a ring that is half
 * full, for nothing else: an idle engine's log may be a second late, but {@link
 * LogAgent#recentLogs} never is.
 */
public final class InvocationRecords implements InvocationRecorder {
  private static final int LOOK_EVERY = 256;

  /** An init's error document names the type that counts. */
  private static final String INIT_ERROR = "Runtime.InitError";

  /** How the messages begin that the platform writes. */
  private static final String PLATFORM_MESSAGE = "RequestId: ";

  private final RingBuffer<LogRecord> ring;
  private final EventPoller<LogRecord> poller;
  private final LogBell bell;
  private final Counters counters;

  /**
   * @param capacity records that fit in, a power of two ≥ 2; two per invocation between two turns
   *     of the log agent (20 ms)
   * @param logSleeper where the log agent sleeps deeply: it watches the log pipes
   */
  public InvocationRecords(int capacity, Sleeper logSleeper, Counters counters) {
    // Nobody waits in the ring: one that signals takes a lock and wakes nobody for each record.
    this.ring =
        RingBuffer.createSingleProducer(LogRecord::new, capacity, new YieldingWaitStrategy());
    this.poller = ring.newPoller();
    ring.addGatingSequences(poller.getSequence());
    this.bell = new LogBell(logSleeper);
    this.counters = counters;
  }

  @Override
  public void started(PendingInvocation invocation, long epochMs) {
    if (!ring.hasAvailableCapacity(1)) {
      dropped();
      return;
    }
    long place = ring.next();
    fill(ring.get(place), LogRecord.Kind.STARTED, invocation, epochMs);
    publish(place);
  }

  @Override
  public boolean settled(PendingInvocation invocation, Outcome outcome, long epochMs) {
    if (!ring.hasAvailableCapacity(1)) {
      dropped();
      return false;
    }
    boolean held = invocation.logTailWanted();
    boolean answered = outcome == Outcome.SUCCESS || outcome == Outcome.ERROR;
    long place = ring.next();
    LogRecord record = ring.get(place);
    fill(record, LogRecord.Kind.SETTLED, invocation, epochMs);
    record.outcome = outcome;
    boolean initInside = invocation.initInside();
    record.durationNs = initInside ? invocation.invokeNs + invocation.initNs : invocation.invokeNs;
    if (outcome == Outcome.TIMEOUT) {
      record.durationNs = invocation.sandbox.version.spec.timeoutNs();
    }
    record.billedMs = invocation.billedMs;
    record.maxMemoryKb = invocation.maxMemoryKb;
    record.producedBytes = producedBytes(invocation);
    record.initNs = invocation.coldStart && !initInside ? invocation.initNs : -1;
    record.traceHeader = invocation.traceHeader();
    record.logMark = answered ? invocation.logMark : LogRecord.NO_MARK;
    record.logPosition =
        answered ? invocation.responseBuffer().logPosition() : ResponseBuffer.UNKNOWN;
    record.errorType = invocation.errorType;
    record.errorMessage = null;
    if (outcome == Outcome.FAILURE && invocation.errorType != null) {
      document(record, invocation);
    }
    record.held = held ? invocation : null;
    invocation.sandbox.version.recorded.setOpaque(record.number + 1);
    publish(place);
    if (held) {
      bell.ring();
    }
    return held;
  }

  @Override
  public void initStarted(Sandbox sandbox, long epochMs) {
    if (!ring.hasAvailableCapacity(1)) {
      dropped();
      return;
    }
    long place = ring.next();
    LogRecord record = ring.get(place);
    record.kind = LogRecord.Kind.INIT_STARTED;
    record.sandbox = sandbox;
    record.epochMs = epochMs;
    record.insideInvocation = sandbox.state() == SandboxState.RESTARTING;
    publish(place);
  }

  @Override
  public void initEnded(
      Sandbox sandbox,
      InitStatus status,
      String errorType,
      byte[] error,
      long initNs,
      long epochMs) {
    if (!ring.hasAvailableCapacity(1)) {
      dropped();
      return;
    }
    long place = ring.next();
    LogRecord record = ring.get(place);
    record.kind = LogRecord.Kind.INIT_ENDED;
    record.sandbox = sandbox;
    record.epochMs = epochMs;
    record.insideInvocation = sandbox.state() == SandboxState.RESTARTING;
    record.initStatus = status;
    record.initNs = initNs;
    record.errorType = errorType;
    record.error = error;
    record.logStream = sandbox.driver.logStream(sandbox.id);
    record.logPosition =
        status == InitStatus.SUCCESS
            ? sandbox.driver.initLogPosition(sandbox.id)
            : ResponseBuffer.UNKNOWN;
    publish(place);
  }

  @Override
  public void ended(Sandbox sandbox) {
    if (!ring.hasAvailableCapacity(1)) {
      dropped();
      return;
    }
    long place = ring.next();
    LogRecord record = ring.get(place);
    record.kind = LogRecord.Kind.ENDED;
    record.sandbox = sandbox;
    publish(place);
  }

  private static void fill(
      LogRecord record, LogRecord.Kind kind, PendingInvocation invocation, long epochMs) {
    record.kind = kind;
    record.sandbox = invocation.sandbox;
    record.slot = invocation.slot;
    record.requestIdHigh = invocation.requestIdHigh;
    record.requestIdLow = invocation.requestIdLow;
    record.epochMs = epochMs;
    record.tailWanted = invocation.logTailWanted();
    record.number = invocation.sandbox.version.recorded.getPlain();
  }

  /**
   * The error's type, and its message if the platform wrote it; what the function wrote is in the
   * log already.
   */
  private static void document(LogRecord record, PendingInvocation invocation) {
    ResponseBuffer document = invocation.responseBuffer();
    String json = new String(document.array(), 0, document.length(), StandardCharsets.UTF_8);
    if (invocation.errorType.equals(INIT_ERROR)) {
      record.errorType = ErrorTypes.ofDocument(json);
    }
    String message = ErrorTypes.textMember(json, "errorMessage");
    if (message != null && message.startsWith(PLATFORM_MESSAGE)) {
      record.errorMessage = message;
    }
  }

  private void publish(long place) {
    ring.publish(place);
    if (place % LOOK_EVERY == 0 && ring.remainingCapacity() < ring.getBufferSize() / 2) {
      bell.ring();
    }
  }

  private void dropped() {
    counters.increment(Counter.LOG_RECORDS_DROPPED);
    bell.ring();
  }

  // ---- log agent ----

  LogBell bell() {
    return bell;
  }

  /** Hands every published record over. Log agent only. */
  int drain(EventPoller.Handler<LogRecord> handler) {
    if (isEmpty()) {
      return 0;
    }
    long before = poller.getSequence().get();
    try {
      poller.poll(handler);
    } catch (Exception e) {
      throw new IllegalStateException("handling a log record", e);
    }
    return (int) (poller.getSequence().get() - before);
  }

  /** Whether the dispatcher may soon find no place any more. Log agent only. */
  boolean fillsUp() {
    return ring.getCursor() - poller.getSequence().get() >= ring.getBufferSize() / 4;
  }

  boolean isEmpty() {
    return ring.getCursor() == poller.getSequence().get();
  }

  /** What the function answered with, streamed parts included; 0: an error. */
  private static long producedBytes(PendingInvocation invocation) {
    if (invocation.functionError) {
      return 0;
    }
    return invocation.stream() == null
        ? invocation.responseBuffer().length()
        : invocation.stream().toldBytes;
  }
}
