package io.ringmaster.core.event;

import io.ringmaster.api.Call;
import io.ringmaster.core.event.EventFigures.Total;
import io.ringmaster.persistence.spi.Journal;
import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.collections.Int2IntCounterMap;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.Agent;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Has every owed event run, or delivered, when its time has come. Its turn: take what happened,
 * look what is due, begin what may begin; what an attempt comes to is for {@link Attempts}.
 *
 * <p>Everything happens on its thread; others post. What is posted is bounded by what is owed: a
 * few posts for each acceptance, attempt and delivery under way.
 *
 * <p>It sleeps by parking: {@code waiting = true; look again; park}; whoever posts: {@code offer;
 * if waiting, unpark}. The volatile accesses to {@code waiting} are the full fences of both sides.
 */
public final class EventAgent implements Agent {
  static final System.Logger LOG = System.getLogger("io.ringmaster.core.event");

  private static final int INVOKING_MAX = 256;
  private static final int LANE_INVOKING_MAX = 32;
  private static final int DELIVERING_MAX = 256;
  private static final int LANE_DELIVERING_MAX = 8;

  /**
   * Bodies of events that run, from when they are read back on, and what follows from them until it
   * is durable; begun while it is less. The same for deliveries: what is sent may be three times as
   * long as its body, by the escapes of its protocol.
   */
  static final long INVOKING_BYTES_MAX = 64L << 20;

  static final long DELIVERING_BYTES_MAX = 64L << 20;

  /** Bodies that lie in memory until their event runs; those of the others are read back. */
  static final long KEPT_BYTES_MAX = 64L << 20;

  private static final int COMMANDS_CHUNK = 1024;
  private static final int COMMANDS_PER_TURN = 1024;
  private static final int TRIMMED_MAX = 1_000;
  private static final int FORGOTTEN_PART = 8;
  private static final long SLEEP_MAX_MS = 60_000;

  /** Something to be done at a time. */
  private record Later(long atMs, Runnable run) {}

  private final Journal journal;
  private final EventsConfig config;
  private final EventClock clock;
  private final EventFigures figures;
  private final Backlog backlog;
  private final Attempts attempts;

  private final MpscUnboundedVarHandleArrayQueue<Runnable> commands =
      new MpscUnboundedVarHandleArrayQueue<>(COMMANDS_CHUNK);

  // The agent's thread.
  private final EventTable table = new EventTable();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Turns invoking = new Turns(INVOKING_MAX, INVOKING_BYTES_MAX, this::mayLeaveRecords);
  private final Turns delivering = new Turns(DELIVERING_MAX, DELIVERING_BYTES_MAX, lane -> true);

  /** What a row that runs holds besides its body, in bytes. */
  private final Int2IntCounterMap held = new Int2IntCounterMap(0);

  private final LongHashSet redriven = new LongHashSet();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atMs));
  private final BitSet running = new BitSet();
  private long keptBytes;
  private boolean trimming;

  private volatile boolean waiting;
  private volatile boolean stopping;
  private volatile boolean busy;
  private volatile long memoryBytes;
  private volatile Thread thread;

  /**
   * @param backlog events that are accepted and not done; those under way to the journal among them
   */
  EventAgent(
      Journal journal,
      Supplier<Call> newCall,
      EventSettings.Source settings,
      Courier courier,
      EventsConfig config,
      EventFigures figures,
      Backlog backlog,
      EventClock clock) {
    this.journal = journal;
    this.config = config;
    this.clock = clock;
    this.figures = figures;
    this.backlog = backlog;
    attempts = new Attempts(this, journal, newCall, settings, courier, config, figures);
  }

  /** Has something done on the agent's thread. Any thread. */
  void post(Runnable command) {
    commands.offer(command);
    if (waiting) {
      LockSupport.unpark(thread);
    }
  }

  // ---- the turn ----

  @Override
  public int doWork() {
    busy = true;
    int work = commands.drain(Runnable::run, COMMANDS_PER_TURN);
    long nowMs = clock.nowMs();
    clock.look(nowMs);
    work += moveDue(nowMs);
    if (!stopping) {
      work += begin(invoking) + begin(delivering);
    }
    memoryBytes = keptBytes + invoking.bytes() + delivering.bytes();
    busy = work > 0 || running() > 0;
    return work;
  }

  private int moveDue(long nowMs) {
    int moved = 0;
    while (table.firstDueMs() <= nowMs) {
      queue(table.pollDue());
      moved++;
    }
    while (!later.isEmpty() && later.peek().atMs() <= nowMs) {
      later.poll().run().run();
      moved++;
    }
    return moved;
  }

  /** A function whose records nobody takes makes no more of them. */
  private boolean mayLeaveRecords(Lane lane) {
    return backlog.mayLeaveRecords(lane.functionArn());
  }

  private int begin(Turns turns) {
    int begun = 0;
    for (int row = turns.next(table); row >= 0; row = turns.next(table)) {
      fetch(row);
      begun++;
    }
    return begun;
  }

  private void fetch(int row) {
    running.set(row);
    byte[] kept = table.body(row);
    if (kept != null) {
      keep(row, null);
      attempts.begin(row, kept);
      return;
    }
    journal.read(
        table.handle(row),
        new Journal.Reading() {
          @Override
          public void found(byte[] body, byte[] reason) {
            post(() -> attempts.begin(row, body));
          }

          @Override
          public void failed(boolean gone, String detail) {
            post(() -> attempts.guarded(row, () -> attempts.notFound(row, gone, detail)));
          }
        });
  }

  private void keep(int row, byte[] body) {
    byte[] before = table.body(row);
    int more = (body == null ? 0 : body.length) - (before == null ? 0 : before.length);
    keptBytes += more;
    table.lane(row).keep(more);
    table.body(row, body);
  }

  // ---- rows ----

  EventTable table() {
    return table;
  }

  /** Now, by the time of events. */
  long nowMs() {
    return clock.nowMs();
  }

  /** A moment of that time, in milliseconds since 1970. */
  long wallMs(long atMs) {
    return clock.wallMs(atMs);
  }

  Backlog backlog() {
    return backlog;
  }

  private Turns turns(Lane lane) {
    return lane.delivers() ? delivering : invoking;
  }

  /**
   * An event is owed, and in the backlog, that was not.
   *
   * @param tries as {@link Tries} has them
   * @param body null: it is to be read when it is due
   */
  void add(
      long handle,
      String laneKey,
      long acceptedMs,
      long dueMs,
      int tries,
      int bodyBytes,
      byte[] body) {
    Lane lane =
        lanes.computeIfAbsent(
            laneKey,
            key -> new Lane(key, Lane.isDelivery(key) ? LANE_DELIVERING_MAX : LANE_INVOKING_MAX));
    lane.owedOneMore();
    int row = table.add(handle, lane, acceptedMs, bodyBytes);
    table.attempt(row, Tries.errors(tries));
    table.refusals(row, Tries.refusals(tries));
    if (body != null && lane.keptBytes() + body.length <= KEPT_BYTES_MAX - keptBytes) {
      keep(row, body); // as in the backlog, one lane leaves as much to others
    }
    if (dueMs <= clock.nowMs()) {
      queue(row);
    } else {
      table.delay(row, dueMs);
    }
  }

  /** One that follows from another one is durable. */
  void addFollowing(long handle, Journal.Event event) {
    backlog.add(event.lane(), event.body().length);
    add(handle, event);
  }

  /** One that is in the backlog is durable. */
  void add(long handle, Journal.Event event) {
    byte[] body = event.body();
    add(
        handle,
        event.lane(),
        event.acceptedMs(),
        event.dueMs(),
        event.attempt(),
        body.length,
        body);
  }

  private void queue(int row) {
    Lane lane = table.lane(row);
    lane.queue(table, row);
    turns(lane).look(lane);
  }

  /** Whether it began and is not done with. */
  boolean runs(int row) {
    return running.get(row);
  }

  /** It ran, and is to run again then. */
  void again(int row, long dueMs) {
    ended(row);
    table.delay(row, dueMs);
  }

  private void ended(int row) {
    running.clear(row);
    Lane lane = table.lane(row);
    turns(lane).hold(lane, -held.remove(row));
    turns(lane).ended(lane, table.bodyBytes(row));
  }

  /** One that runs holds more bytes than its body, until it ends. */
  void hold(int row, int bytes) {
    held.getAndAdd(row, bytes);
    turns(table.lane(row)).hold(table.lane(row), bytes);
  }

  /** It ran, and is owed no more; whoever says so told the journal. */
  void forget(int row) {
    ended(row);
    Lane lane = table.lane(row);
    if (!redriven.isEmpty()) {
      redriven.remove(table.handle(row));
    }
    backlog.remove(lane.key, table.bodyBytes(row));
    table.remove(row);
    if (lane.owedOneLess()) {
      lanes.remove(lane.key);
    }
  }

  /** Has something done at a time. The agent's thread. */
  void at(long atMs, Runnable run) {
    later.add(new Later(atMs, run));
  }

  // ---- dead letters ----

  /** A dead letter is owed again; false: it is already. The agent's thread. */
  boolean redrive(Journal.DeadLetter letter) {
    if (!redriven.add(letter.handle())) {
      return false;
    }
    long nowMs = clock.nowMs();
    journal.redrive(letter.handle(), nowMs, nowMs);
    backlog.add(letter.lane(), letter.bodyBytes());
    figures.count(Total.REDRIVEN);
    add(letter.handle(), letter.lane(), nowMs, nowMs, 0, letter.bodyBytes(), null);
    return true;
  }

  /** A dead letter is forgotten; false: it is none any more. The agent's thread. */
  boolean purge(Journal.DeadLetter letter) {
    if (redriven.contains(letter.handle())) {
      return false;
    }
    journal.settle(letter.handle());
    return true;
  }

  /** Forgets the oldest dead letters beyond those that are kept. The agent's thread. */
  void trimDeadLetters() {
    Journal.Status status = journal.status();
    long dead = status.dead();
    boolean large =
        status.bodyBytes() - backlog.bytes()
            > journal.bodyBytesMax() - Journal.mostlyFull(journal.bodyBytesMax());
    long tooMany = dead - config.deadLettersMax();
    if (large && journal.nearlyFull()) { // they must not keep out events that are to run
      tooMany = Math.max(tooMany, (dead + FORGOTTEN_PART - 1) / FORGOTTEN_PART);
    }
    if (tooMany <= 0 || trimming) {
      return;
    }
    trimming = true;
    journal.deadLetters(
        0,
        (int) Math.min(tooMany, TRIMMED_MAX),
        (letters, next) ->
            post(
                () -> {
                  trimming = false;
                  long forgotten = letters.stream().filter(this::purge).count();
                  figures.count(Total.FORGOTTEN, forgotten);
                  LOG.log(Level.WARNING, "{0} dead letters of too many are forgotten", forgotten);
                }));
  }

  // ---- sleep and end ----

  /** Sleeps until there may be something to do. The agent's thread. */
  public void await() {
    thread = Thread.currentThread();
    waiting = true;
    if (commands.isEmpty()) {
      long leftMs = Math.clamp(idleMs(), 1, SLEEP_MAX_MS);
      LockSupport.parkNanos(this, leftMs * 1_000_000);
      Thread.interrupted(); // a callback may have left it behind; it would never sleep again
    }
    waiting = false;
  }

  /**
   * When there is something to do, if nobody posts; {@link Long#MAX_VALUE}: never. The agent's
   * thread.
   */
  long nextMs() {
    long laterMs = later.isEmpty() ? Long.MAX_VALUE : later.peek().atMs();
    return Math.min(table.firstDueMs(), laterMs);
  }

  /**
   * How long there is nothing to do, if nobody posts; {@link Long#MAX_VALUE}: for ever. The agent's
   * thread.
   */
  public long idleMs() {
    long nextMs = nextMs();
    return nextMs == Long.MAX_VALUE ? nextMs : Math.max(0, nextMs - clock.nowMs());
  }

  /** Ends a sleep. Any thread. */
  public void wake() {
    Thread sleeper = thread;
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Begins nothing more; what runs still ends. Any thread. */
  public void stop() {
    stopping = true;
  }

  /** Bytes of bodies that lie in memory, as the last turn left it. Any thread. */
  long memoryBytes() {
    return memoryBytes;
  }

  private int running() {
    return invoking.running() + delivering.running();
  }

  /** Whether nothing runs and nothing is posted. Any thread. */
  boolean idle() {
    return commands.isEmpty() && !busy;
  }

  boolean stopping() {
    return stopping;
  }

  @Override
  public String roleName() {
    return "events";
  }

  void report(String what, Throwable thrown) {
    LOG.log(Level.ERROR, what, thrown);
  }
}
