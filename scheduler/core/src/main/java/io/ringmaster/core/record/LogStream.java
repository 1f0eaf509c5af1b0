package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one sandbox process writes, and which invocation each piece belongs to. Log agent only.
 *
 * <p>Invocations stand in a line, in the order in which they were handed over. Output belongs to
 * the first that has not settled, or that settled with a mark which the output does not exceed; raw
 * output of native code, which has no mark, goes by its position among all bytes, where somebody
 * looked how many those were at the answer. An invocation is closed (END, REPORT) when all up to
 * its position was read, when output beyond its mark comes, or when it is known that nothing of it
 * is left to read: raw output may follow the last record. Its successor's START is written after
 * that.
 */
final class LogStream {
  private static final int RECORD_HEADER_BYTES = 16;
  private static final int UNATTRIBUTED_BYTES = 16 * 1024;

  /**
   * The lines of so many invocations fill a function's log: each has 200 bytes of them at least.
   */
  private static final int FILLING = 64 * 1024 / 200;

  /**
   * Others may write so much that there is never a moment when nothing is left to read. What this
   * one had written by the end of its init, or by its own end, is taken to be read after this time
   * and so many turns: its pipe, which holds little, had its share in each.
   */
  private static final long INIT_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int INIT_TURNS = 8;
  private static final long END_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int END_TURNS = 64;

  /** When something happened. */
  private static final class Moment {
    private long ns;
    private long turn;

    void is(LogAgent agent) {
      ns = agent.turnNs();
      turn = agent.turn();
    }

    boolean isPast(LogAgent agent, long patienceNs, int turns) {
      return agent.turn() - turn >= turns && agent.turnNs() - ns >= patienceNs;
    }
  }

  private final LogAgent agent;
  private final ArrayDeque<LogEntry> line = new ArrayDeque<>();
  private final HeldOutput held = new HeldOutput();

  /** Whose output it is, since an invocation was handed to it; or null. */
  private Sandbox sandbox;

  /** Its process may run what is in no record yet. */
  private boolean ahead;

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

  private StreamLog log;

  /** Output before that. */
  private TailBytes unattributed;

  /** The last that was written since init began; until the first invocation has it. Or null. */
  private TailBytes initTail;

  /** The handler is being loaded. */
  private boolean initializes;

  /** Loading it failed: whatever the process still writes is no invocation's. */
  private boolean initFailed;

  /** The runtime told where its output of init begins, and not yet where it ends. */
  private boolean initOutput;

  /** A START is not written before all output of init was read. */
  private boolean startsWait;

  /** Framed bytes of the process read so far. */
  private long mark;

  /** All its bytes read so far. */
  private long position;

  /** As {@link #outrunMark}, with raw output. */
  private long outrunPosition;

  /** Where output of init ends, raw output included; MAX_VALUE: that is not known. */
  private long initPosition = Long.MAX_VALUE;

  /** Inits to be reported when all their output was read. */
  private List<Runnable> reports;

  /** When the last of them ended. */
  private final Moment initEnd = new Moment();

  /** The process writes nothing more; what is left may still be unread. */
  private boolean ended;

  private final Moment end = new Moment();

  /** What the sandbox's next process writes, if that has begun already. */
  LogStream next;

  /** Whether the agent has it in its list of streams with something to close. */
  boolean unclosed;

  LogStream(LogAgent agent) {
    this.agent = agent;
  }

  /** Whether it is known to be of another version's sandbox. */
  boolean isOthers(VersionState owner) {
    return version != null && version != owner;
  }

  /** Now it is known whose sandbox it is. */
  void identify(VersionState owner) {
    if (version != null) {
      return;
    }
    version = owner;
    log = new StreamLog(agent, owner);
    if (unattributed != null) {
      byte[] early = unattributed.tail();
      unattributed = null;
      log.raw(null, early, 0, early.length);
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
    if (!droppable || record.tailWanted || agent.storing()) {
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
      outrunPosition = Math.max(outrunPosition, record.logPosition);
    }
    return outrun;
  }

  /** The process ended. */
  void end() {
    if (!ended) {
      ended = true;
      end.is(agent);
    }
  }

  boolean ended() {
    return ended;
  }

  /**
   * Whether all that the ended process wrote was read.
   *
   * @param allRead as for {@link #close}
   */
  boolean finished(boolean allRead) {
    return ended && (allRead || end.isPast(agent, END_PATIENCE_NS, END_TURNS));
  }

  void initStarted(LogRecord record) {
    initPosition = Long.MAX_VALUE;
    initializes = true;
    startsWait = true;
    initTail = new TailBytes(LogAgent.TAIL_BYTES);
    log.initStart(record.insideInvocation, record.epochMs);
  }

  /** It is reported when all output of init was read. */
  void initEnded(LogRecord record, String errorType) {
    initializes = false;
    initPosition =
        record.logPosition == ResponseBuffer.UNKNOWN ? Long.MAX_VALUE : record.logPosition;
    initFailed = record.initStatus != InitStatus.SUCCESS;
    log.named(record.logStream);
    boolean inside = record.insideInvocation;
    InitStatus status = record.initStatus;
    long initNs = record.initNs;
    long epochMs = record.epochMs;
    if (reports == null) {
      reports = new ArrayList<>();
    }
    initEnd.is(agent);
    reports.add(() -> log.initEnd(inside, status, errorType, initNs, epochMs, initTail));
  }

  void started(Sandbox of, LogEntry entry) {
    sandbox = of;
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
    entry.afterPosition = outrunPosition;
    line.add(entry);
    if (settledInLine == 0 && !startsWait) {
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

  /**
   * A piece of output.
   *
   * @param newMark framed bytes of the process so far; more than before: this piece is a whole
   *     record, and an empty one tells where output of init begins, or where it ends
   * @param newPosition all bytes of the process so far; {@link ResponseBuffer#UNKNOWN}: they are
   *     not counted
   * @param level of a record, as its header tells it; 0: it tells none
   */
  void output(byte[] bytes, int offset, int length, long newMark, long newPosition, int level) {
    release();
    boolean open = ahead && !isSettled(newMark, newPosition);
    if (!held.isEmpty() && !held.hasRoom(length)) {
      releaseAll();
    }
    if (held.isEmpty() && !(open && held.hasRoom(length))) {
      attribute(bytes, offset, length, newMark, newPosition, level);
    } else {
      held.add(bytes, offset, length, newMark, newPosition, level);
    }
  }

  /**
   * Looks whether its process was handed something that is in no record yet. The records are
   * drained after this.
   */
  void lookAhead() {
    ahead = sandbox != null && sandbox.aheadAcquire();
  }

  /**
   * While a process may run what no record tells of, its output belongs to the one that no record
   * says has ended, or to the next: only what was written before a recorded answer is known.
   */
  private boolean isSettled(long newMark, long newPosition) {
    boolean framed = newMark > mark;
    for (LogEntry entry : line) {
      if (!entry.settled) {
        return false;
      }
      boolean own =
          framed
              ? newMark <= entry.logMark && newMark > entry.afterMark
              : newPosition != ResponseBuffer.UNKNOWN && newPosition <= entry.endPosition();
      if (own) {
        return true;
      }
    }
    return line.isEmpty();
  }

  /** Whether some of its output waits for a record. */
  boolean holds() {
    return !held.isEmpty();
  }

  private void release() {
    while (!held.isEmpty() && (!ahead || ended || isSettled(held.mark(), held.position()))) {
      held.release(this);
    }
  }

  private void releaseAll() {
    while (!held.isEmpty()) {
      held.release(this);
    }
  }

  /** A piece of output that belongs to what is recorded. */
  void attribute(byte[] bytes, int offset, int length, long newMark, long newPosition, int level) {
    if (newMark > mark) {
      boolean first = mark == 0;
      mark = newMark;
      if (length == 0) {
        initOutput = first && (log == null || initializes || startsWait);
      } else {
        closeRead(false, agent.turnNs());
        write(owner(true), true, bytes, offset, length, level);
      }
    } else if (newPosition == ResponseBuffer.UNKNOWN) {
      write(owner(false), false, bytes, offset, length, 0);
    } else {
      raw(bytes, offset, length, newPosition);
    }
    if (newPosition != ResponseBuffer.UNKNOWN) {
      position = newPosition;
    }
  }

  /** One piece of raw output may be that of several invocations. */
  private void raw(byte[] bytes, int offset, int length, long end) {
    int at = offset;
    int left = length;
    while (left > 0) {
      position = end - left;
      closeRead(false, agent.turnNs());
      LogEntry owner = owner(false);
      int own = left;
      if (isInits()) {
        own = (int) Math.min(left, initPosition - position);
      } else if (owner != null && owner.endPosition() > position) {
        own = (int) Math.min(left, owner.endPosition() - position);
      }
      write(owner, false, bytes, at, own, 0);
      at += own;
      left -= own;
    }
  }

  private void write(
      LogEntry owner, boolean framed, byte[] bytes, int offset, int length, int level) {
    if (owner != null) {
      writeStart(owner);
    }
    TailBytes tail = owner == null ? initTail : owner.tail;
    if (log == null) {
      unattributed(bytes, offset, length);
    } else if (framed) {
      log.record(tail, bytes, offset, length, level);
    } else {
      log.raw(tail, bytes, offset, length);
    }
  }

  private void unattributed(byte[] bytes, int offset, int length) {
    if (unattributed == null) {
      unattributed = new TailBytes(UNATTRIBUTED_BYTES);
    }
    unattributed.append(bytes, offset, length);
  }

  /**
   * Whether output comes from another process than the output before: marks begin anew with each
   * process, and the first record's is its own length; and within one process each piece follows
   * the one before.
   */
  boolean belongsToNext(int length, long newMark, long newPosition) {
    if (ended) {
      releaseAll();
    }
    boolean firstRecord = mark > 0 && newMark == RECORD_HEADER_BYTES + length;
    long begin = newPosition - length - (newMark > mark ? RECORD_HEADER_BYTES : 0);
    boolean follows = newPosition == ResponseBuffer.UNKNOWN || position == 0 || begin == position;
    return ended && (newMark < mark || firstRecord || !follows);
  }

  private LogEntry owner(boolean framed) {
    if (initializes || initOutput || initFailed) {
      return null;
    }
    if (framed) {
      return owner(mark);
    }
    return isInits() ? null : rawOwner();
  }

  /** Whether raw output that comes next was written before init ended, as far as that is known. */
  private boolean isInits() {
    return initPosition < Long.MAX_VALUE && position < initPosition;
  }

  private LogEntry owner(long outputMark) {
    for (LogEntry entry : line) {
      if (isOwner(entry, outputMark)) {
        return entry;
      }
    }
    return null;
  }

  private static boolean isOwner(LogEntry entry, long outputMark) {
    return outputMark > entry.afterMark && (!entry.settled || outputMark <= entry.logMark);
  }

  /**
   * Raw output has no mark: it belongs to the first invocation that had not answered when it was
   * written. Where that is not known it is the one that runs, or, if none does, the last that is
   * not closed.
   */
  private LogEntry rawOwner() {
    for (LogEntry entry : line) {
      boolean known = entry.endPosition() < Long.MAX_VALUE;
      boolean own = known ? position < entry.endPosition() : isOwner(entry, mark + 1);
      if (own && position >= entry.afterPosition) {
        return entry;
      }
    }
    return line.peekLast();
  }

  /**
   * Closes what has all its output, or has waited for it long enough.
   *
   * @param allRead whether everything was read that had been written when the last record was
   *     drained
   * @return whether nothing is left to close
   */
  boolean close(boolean allRead, long nowNs) {
    release();
    closeRead(allRead, nowNs);
    return onlyRunning() && held.isEmpty();
  }

  private void closeRead(boolean allRead, long nowNs) {
    boolean closed = false;
    boolean initRead =
        allRead || position >= initPosition || initEnd.isPast(agent, INIT_PATIENCE_NS, INIT_TURNS);
    if (initRead) {
      reportInits();
    }
    for (Iterator<LogEntry> all = line.iterator(); all.hasNext(); ) {
      LogEntry entry = all.next();
      boolean isRead = mark > entry.logMark || position >= entry.endPosition();
      if (entry.settled && (allRead || isRead || entry.waitedTooLong(nowNs))) {
        all.remove();
        settledInLine--;
        writeEnd(entry);
        closed = true;
      }
    }
    if (closed || initRead && startsWait && !initializes) {
      startsWait = false;
      writeStarts();
    }
  }

  private void reportInits() {
    if (reports != null) {
      reports.forEach(Runnable::run);
      reports = null;
    }
  }

  /** Whether the agent is to call {@link #close} in this turn. */
  boolean hasToClose() {
    return ended || !onlyRunning() || !held.isEmpty();
  }

  private boolean onlyRunning() {
    return reports == null && settledInLine == 0 && (!startsWait || line.isEmpty());
  }

  /** Its process is gone: forgets invocations whose end nobody told. */
  void retire() {
    releaseAll();
    close(true, agent.turnNs());
    LogEntry entry;
    while ((entry = line.poll()) != null) {
      agent.recycle(entry);
    }
    Arrays.fill(running, null);
    settledInLine = 0;
    if (log != null) {
      log.close();
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
      reportInits();
      if (initTail != null) {
        takeInitTail(entry);
      }
      log.start(entry);
    }
  }

  /** The first invocation after an init has the end of its output in its own tail. */
  private void takeInitTail(LogEntry entry) {
    if (entry.tail != null) {
      byte[] early = initTail.tail();
      entry.tail.append(early, 0, early.length);
    }
    initTail = null;
  }

  private void writeEnd(LogEntry entry) {
    writeStart(entry);
    log.end(entry);
    agent.closed(entry);
  }
}
