package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.record.FunctionLogs.FunctionLog;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What one sandbox process writes, and which invocation each piece belongs to. Log agent only.
 *
 * <p>Invocations stand in a line, in the order in which they were handed over. Output belongs to
 * the first that has not settled, or that settled with a mark which the output does not exceed. An
 * invocation is closed (END, REPORT) when output beyond its mark comes, or when it is known that
 * nothing of it is left to read: raw output of native code, which has no mark, may follow the last
 * record. Its successor's START is written after that.
 */
final class LogStream {
  private static final byte[] NEWLINE = {'\n'};
  private static final int UNATTRIBUTED_BYTES = 16 * 1024;

  /**
   * The lines of so many invocations fill a function's log: each has 200 bytes of them at least.
   */
  private static final int FILLING = 64 * 1024 / 200;

  private final LogAgent agent;
  private final ArrayDeque<LogEntry> line = new ArrayDeque<>();

  /** The entry that runs in each slot, by the slot's index. */
  private LogEntry[] running = new LogEntry[1];

  /** Entries in the line that have settled. */
  private int settledInLine;

  /** Output up to here is that of invocations whose lines are not rendered. */
  private long outrunMark;

  /** As last seen: how many invocations of the version were recorded to their end. */
  private long recorded;

  /** Null until a record told whose sandbox it is. */
  private VersionState version;

  private FunctionLog log;

  /** Output before that. */
  private TailBytes unattributed;

  /** Framed bytes of the process read so far. */
  private long mark;

  /** Failed inits to be reported when all output was read. */
  private List<Runnable> reports;

  /** The process writes nothing more; what is left may still be unread. */
  boolean ended;

  /** What the sandbox's next process writes, if that has begun already. */
  LogStream next;

  /** Whether the agent has it in its list of streams with something to close. */
  boolean unclosed;

  LogStream(LogAgent agent) {
    this.agent = agent;
  }

  /** Now it is known whose sandbox it is. */
  void identify(VersionState owner) {
    if (version != null) {
      return;
    }
    version = owner;
    log = agent.functionLog(owner.function.arn);
    if (unattributed != null) {
      byte[] early = unattributed.tail();
      unattributed = null;
      log.text.append(early, 0, early.length);
    }
  }

  /**
   * Whether so many invocations of the version ended after this one that nothing of its lines would
   * be left when all are written: then they are not rendered at all.
   */
  boolean isOutrun(LogRecord record) {
    boolean droppable =
        record.kind == LogRecord.Kind.STARTED
            || record.kind == LogRecord.Kind.SETTLED && running(record) == null;
    if (!droppable || record.tailWanted) {
      return false;
    }
    boolean settled = record.kind == LogRecord.Kind.SETTLED;
    if (settled && record.logMark == LogRecord.NO_MARK) {
      return false; // how much of the output is its own nobody knows
    }
    if (recorded - record.number <= FILLING) {
      recorded = version.recorded.getOpaque();
    }
    boolean outrun = recorded - record.number > FILLING;
    if (outrun && settled) {
      outrunMark = record.logMark;
    }
    return outrun;
  }

  void started(LogEntry entry) {
    int index = Slots.index(entry.slot);
    if (index >= running.length) {
      running = Arrays.copyOf(running, Math.max(index + 1, 2 * running.length));
    }
    LogEntry earlier = running[index];
    if (earlier != null) { // it has settled, though the record of that was dropped
      line.remove(earlier);
      agent.recycle(earlier);
    }
    running[index] = entry;
    entry.afterMark = outrunMark;
    line.add(entry);
    if (settledInLine == 0) {
      writeStart(entry);
    }
  }

  /** The entry that runs in that slot with that id; null: its record was dropped. */
  LogEntry running(LogRecord record) {
    int index = Slots.index(record.slot);
    LogEntry entry = index < running.length ? running[index] : null;
    boolean same =
        entry != null
            && entry.requestIdHigh == record.requestIdHigh
            && entry.requestIdLow == record.requestIdLow;
    return same ? entry : null;
  }

  /** It has an answer. */
  void settled(LogEntry entry, LogRecord record, long nowNs) {
    entry.settled(record, nowNs);
    running[Slots.index(entry.slot)] = null;
    settledInLine++;
  }

  void initFailed(long epochMs, long initNs, String errorType) {
    if (reports == null) {
      reports = new ArrayList<>();
    }
    reports.add(() -> writeInitReport(epochMs, initNs, errorType));
  }

  void output(byte[] bytes, int offset, int length, long newMark) {
    boolean framed = newMark > mark;
    if (framed) {
      mark = newMark;
      close(false, agent.turnNs());
    }
    LogEntry owner = framed ? owner(newMark) : rawOwner();
    if (owner != null) {
      writeStart(owner);
    }
    write(owner, bytes, offset, length);
    if (framed && length > 0 && bytes[offset + length - 1] != '\n') {
      write(owner, NEWLINE, 0, 1);
    }
  }

  /** Whether output with that mark comes from another process than the output before. */
  boolean belongsToNext(long newMark) {
    return ended && newMark < mark;
  }

  private LogEntry owner(long outputMark) {
    for (LogEntry entry : line) {
      if (outputMark > entry.afterMark && (!entry.settled || outputMark <= entry.logMark)) {
        return entry;
      }
    }
    return null;
  }

  /**
   * Raw output has no mark: it belongs to the invocation that runs, or, if none does, to the last
   * that is not closed.
   */
  private LogEntry rawOwner() {
    LogEntry running = owner(mark + 1);
    return running != null ? running : line.peekLast();
  }

  /**
   * Closes what has all its output, or has waited for it long enough.
   *
   * @param allRead whether everything was read that had been written when the last record was
   *     drained
   * @return whether nothing is left to close
   */
  boolean close(boolean allRead, long nowNs) {
    boolean closed = false;
    for (Iterator<LogEntry> all = line.iterator(); all.hasNext(); ) {
      LogEntry entry = all.next();
      if (entry.settled && (allRead || mark > entry.logMark || entry.waitedTooLong(nowNs))) {
        all.remove();
        settledInLine--;
        writeEnd(entry);
        closed = true;
      }
    }
    if (allRead && reports != null) {
      reports.forEach(Runnable::run);
      reports = null;
    }
    if (closed) {
      writeStarts();
    }
    return onlyRunning();
  }

  private boolean onlyRunning() {
    return reports == null && settledInLine == 0;
  }

  /** Its process is gone: forgets invocations whose end nobody told. */
  void retire() {
    close(true, agent.turnNs());
    LogEntry entry;
    while ((entry = line.poll()) != null) {
      agent.recycle(entry);
    }
    Arrays.fill(running, null);
    settledInLine = 0;
    if (log != null) {
      log.writers--;
      log = null;
    }
  }

  // ---- lines ----

  /** A START waits for the END of a settled predecessor. */
  private void writeStarts() {
    for (LogEntry entry : line) {
      writeStart(entry);
      if (entry.settled) {
        return;
      }
    }
  }

  private void writeStart(LogEntry entry) {
    if (!entry.startWritten) {
      entry.startWritten = true;
      LogLines lines = agent.lines();
      if (json()) {
        lines.startJson(entry, version.label);
      } else {
        lines.start(entry.requestIdHigh, entry.requestIdLow, version.label);
      }
      writeLine(entry);
    }
  }

  private void writeEnd(LogEntry entry) {
    writeStart(entry);
    LogLines lines = agent.lines();
    int memoryMb = version.spec.memoryMb();
    if (json()) {
      lines.reportJson(entry, memoryMb);
      writeLine(entry);
    } else {
      if (entry.outcome == Outcome.TIMEOUT) {
        lines.timedOut(entry, version.spec.timeoutNs());
        writeLine(entry);
      } else if (entry.errorMessage != null) {
        lines.failed(entry);
        writeLine(entry);
      }
      lines.end(entry.requestIdHigh, entry.requestIdLow);
      writeLine(entry);
      lines.report(entry, memoryMb);
      writeLine(entry);
    }
    agent.closed(entry);
  }

  private void writeInitReport(long epochMs, long initNs, String errorType) {
    LogLines lines = agent.lines();
    if (json()) {
      lines.initReportJson(epochMs, initNs, errorType);
    } else {
      lines.initReport(initNs, errorType);
    }
    writeLine(null);
  }

  private boolean json() {
    return version.spec.identity().logFormat().equals("JSON");
  }

  private void writeLine(LogEntry entry) {
    if (!log.text.atLineStart()) {
      log.text.append(NEWLINE, 0, 1);
    }
    if (entry != null && entry.tail != null && !entry.tail.atLineStart()) {
      entry.tail.append(NEWLINE, 0, 1);
    }
    LogLines lines = agent.lines();
    write(entry, lines.bytes(), 0, lines.length());
  }

  private void write(LogEntry entry, byte[] bytes, int offset, int length) {
    if (log == null) {
      if (unattributed == null) {
        unattributed = new TailBytes(UNATTRIBUTED_BYTES);
      }
      unattributed.append(bytes, offset, length);
      return;
    }
    log.text.append(bytes, offset, length);
    if (entry != null && entry.tail != null) {
      entry.tail.append(bytes, offset, length);
    }
  }
}
