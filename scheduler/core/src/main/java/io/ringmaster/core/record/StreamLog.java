package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.record.FunctionLogs.FunctionLog;
import io.ringmaster.sandbox.spi.SandboxSpec;

/**
 * Where the lines of one environment go: the function's log in memory, its stream in the store, the
 * tail of the invocation that they belong to. Renders the platform's lines in the function's format
 * and leaves out what its levels leave out. Log agent only.
 */
final class StreamLog {
  private static final byte[] NEWLINE = {'\n'};

  private final LogAgent agent;
  private final VersionState version;
  private final SandboxSpec.Identity identity;
  private final FunctionLog memory;

  /** Null: the sink is not the store. */
  private final StoredStream stored;

  /** Null: the text format. */
  private final SystemLevel systemLevel;

  /** Null: nothing is left out. */
  private final LineFilter filter;

  StreamLog(LogAgent agent, VersionState version) {
    this.agent = agent;
    this.version = version;
    this.identity = version.spec.identity();
    this.memory = agent.functionLog(version.function.arn);
    this.stored = agent.openStored(identity, version.label);
    boolean json = identity.logFormat().equals("JSON");
    this.systemLevel = json ? SystemLevel.of(identity.systemLogLevel()) : null;
    this.filter = json ? LineFilter.of(identity.applicationLogLevel()) : null;
  }

  /** The stream's name as the function knows it; empty: it has none. */
  void named(String logStream) {
    if (stored != null && !logStream.isEmpty()) {
      stored.named(logStream);
    }
  }

  /** Nothing follows. */
  void close() {
    flush(null);
    memory.writers--;
    if (stored != null) {
      if (!stored.atLineStart()) { // only whole lines are read
        stored.append(NEWLINE, 0, 1);
      }
      tellWhatWasDropped(0);
      stored.named();
    }
  }

  // ---- the platform's lines ----

  void initStart(boolean insideInvocation, long epochMs) {
    RuntimeVersion runtime = agent.runtimeVersion(version.spec.runtime(), identity.region());
    if (systemLevel == null) {
      if (!insideInvocation) {
        agent.lines().initStart(runtime);
        line(null);
      }
    } else if (systemLevel.lets(SystemLevel.INFO)) {
      String name = identity.functionName();
      agent.json().initStart(epochMs, insideInvocation, runtime, name, version.label);
      line(null);
    }
  }

  /**
   * @param tail keeps the lines too; or null
   */
  void initEnd(
      boolean insideInvocation,
      InitStatus status,
      String errorType,
      long initNs,
      long epochMs,
      TailBytes tail) {
    flush(null);
    if (systemLevel == null) {
      if (status != InitStatus.SUCCESS) {
        agent.lines().initReport(initNs, insideInvocation, status, errorType);
        line(tail);
      }
    } else if (systemLevel.lets(SystemLevel.ofInit(status))) {
      agent.json().initRuntimeDone(epochMs, insideInvocation, status, errorType);
      line(tail);
      agent.json().initReport(epochMs, insideInvocation, status, errorType, initNs);
      line(tail);
    }
  }

  void start(LogEntry entry) {
    if (systemLevel == null) {
      agent.lines().start(entry.requestIdHigh, entry.requestIdLow, version.label);
      line(entry.tail);
    } else if (systemLevel.lets(SystemLevel.INFO)) {
      agent.json().start(entry, version.label);
      line(entry.tail);
    }
  }

  void end(LogEntry entry) {
    flush(entry.tail);
    int memoryMb = version.spec.memoryMb();
    if (systemLevel != null) {
      if (systemLevel.lets(SystemLevel.ofRuntimeDone(entry.outcome))) {
        agent.json().runtimeDone(entry);
        line(entry.tail);
      }
      if (systemLevel.lets(SystemLevel.ofReport(entry.outcome))) {
        agent.json().report(entry, memoryMb);
        line(entry.tail);
      }
      return;
    }
    LogLines lines = agent.lines();
    if (entry.outcome == Outcome.TIMEOUT) {
      lines.timedOut(entry, version.spec.timeoutNs());
      line(entry.tail);
    } else if (entry.errorMessage != null) {
      lines.failed(entry);
      line(entry.tail);
    }
    lines.end(entry.requestIdHigh, entry.requestIdLow);
    line(entry.tail);
    lines.report(entry, memoryMb);
    line(entry.tail);
  }

  /**
   * Says what the store did not take, in the store alone, as soon as there is room.
   *
   * @param more bytes for which there must be room, too
   */
  private void tellWhatWasDropped(int more) {
    if (stored.droppedRecords() == 0 || !stored.hasRoom(more + StoredStream.NOTICE_BYTES)) {
      return;
    }
    if (!stored.atLineStart()) { // the rest of a line was dropped
      stored.append(NEWLINE, 0, 1);
    }
    long records = stored.droppedRecords();
    long bytes = stored.droppedBytes();
    LineBuffer line = agent.line();
    byte[] interrupted = line.copy();
    if (systemLevel == null) {
      agent.lines().dropped(records, bytes, StoredStream.REASON);
    } else {
      agent.json().dropped(agent.epochMs(), records, bytes, StoredStream.REASON);
    }
    if (stored.append(line.bytes(), 0, line.length())) {
      stored.told(records, bytes);
    }
    line.restore(interrupted);
  }

  private void line(TailBytes tail) {
    if (!memory.text.atLineStart()) {
      memory.text.append(NEWLINE, 0, 1);
    }
    if (tail != null && !tail.atLineStart()) {
      tail.append(NEWLINE, 0, 1);
    }
    if (stored != null && !stored.atLineStart()) {
      stored.append(NEWLINE, 0, 1);
    }
    write(tail, agent.line().bytes(), 0, agent.line().length());
  }

  // ---- output ----

  /**
   * A whole record of the runtime's logging.
   *
   * @param level what its header tells; 0: nothing
   */
  void record(TailBytes tail, byte[] bytes, int offset, int length, int level) {
    if (filter != null) {
      flush(tail);
      if (!filter.lets(level, bytes, offset, length)) {
        return;
      }
    }
    write(tail, bytes, offset, length);
    if (length > 0 && bytes[offset + length - 1] != '\n') {
      write(tail, NEWLINE, 0, 1);
    }
  }

  /** Raw output, wherever it was cut. */
  void raw(TailBytes tail, byte[] bytes, int offset, int length) {
    if (filter == null) {
      write(tail, bytes, offset, length);
    } else {
      filter.raw(bytes, offset, length, (line, from, count) -> write(tail, line, from, count));
    }
  }

  /** A line that has no end yet gets none: it is judged as it is. */
  private void flush(TailBytes tail) {
    if (filter != null) {
      filter.flush((line, from, count) -> write(tail, line, from, count));
    }
  }

  private void write(TailBytes tail, byte[] bytes, int offset, int length) {
    memory.text.append(bytes, offset, length);
    if (tail != null) {
      tail.append(bytes, offset, length);
    }
    if (stored != null) {
      tellWhatWasDropped(length);
      stored.append(bytes, offset, length);
    }
  }
}
