package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.chronicle.OwedTable.Row;
import io.ringmaster.persistence.spi.Journal.DeadLetter;
import io.ringmaster.persistence.spi.Journal.Event;
import io.ringmaster.persistence.spi.Journal.Recovery;
import io.ringmaster.persistence.spi.Journal.Status;
import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * The thread that writes the journal. Each turn takes what was handed over, appends it, makes it
 * durable once for all and tells whoever waits; then does a little of what the cycle needs.
 *
 * <p>When the storage fails the table stays what counts: events whose acceptance was not told are
 * taken out of it and refused, outcomes change it without being written, and as soon as a new cycle
 * can be begun its checkpoint says it all.
 *
 * <p>Fields are this thread's but for the queue and those marked volatile.
 */
final class Appender {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");

  private static final int BATCH_COMMANDS = 1024;
  private static final long BATCH_BYTES = 4L << 20;

  /** Outcomes are forced this much later at the latest. */
  private static final long OUTCOME_FORCE_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long RETRY_FIRST_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long RETRY_MAX_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long AGE_LOOK_NS = TimeUnit.SECONDS.toNanos(1);

  private final CycleFolders folders;
  private final Seal seal;
  private final boolean synced;
  private final OwedTable table = new OwedTable();
  private final FilesThread files;
  private final Cycles cycles;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("ringmaster-journal").unstarted(this::run);
  private final CompletableFuture<Recovery> wanted = new CompletableFuture<>();
  private final CompletableFuture<Void> recovered = new CompletableFuture<>();

  /** What was handed over. Bounded by what may be owed and under way. */
  private final MpscUnboundedVarHandleArrayQueue<Command> commands =
      new MpscUnboundedVarHandleArrayQueue<>(1024);

  private final Bounds bounds;
  private final Row row = new Row();

  /** What is being served: not told yet if that fails. */
  private Command serving;

  private final Waiting waiting = new Waiting();
  private final LateReasons reasons = new LateReasons();
  private long batchBytes;
  private boolean unforced;
  private long unforcedSinceNs;
  private long retryAtNs;
  private long retryNs = RETRY_FIRST_NS;
  private long stray;

  /** Pairs with a producer's offer: written before the queue is looked at for the last time. */
  private volatile boolean asleep;

  private volatile boolean closing;
  private volatile boolean ended;
  private volatile String degraded;

  /** But for what changes beside the appender; written by it. */
  private volatile Status status = new Status(0, 0, 0, 0, 0, 0, 0, 0, null);

  Appender(CycleFolders folders, Seal seal, boolean synced, JournalLimits limits, Bounds bounds) {
    this.folders = folders;
    this.seal = seal;
    this.synced = synced;
    this.bounds = bounds;
    files = new FilesThread(folders, seal);
    cycles = new Cycles(folders, seal, limits, table, files);
    thread.start();
  }

  // ---- any thread ----

  /** Why nothing can be written at present; null: it can. */
  String degraded() {
    return degraded;
  }

  Status status() {
    Status last = status;
    return new Status(
        last.owed(),
        last.dead(),
        last.bodyBytes(),
        last.storedBytes(),
        last.oldestCycle(),
        last.newestCycle(),
        last.strayOutcomes(),
        files.damaged(),
        degraded);
  }

  /** Bytes of all bodies that are kept. */
  long bodyBytes() {
    return status.bodyBytes();
  }

  boolean isEnded() {
    return ended;
  }

  void hand(Command command) {
    commands.offer(command);
    if (asleep) {
      LockSupport.unpark(thread);
    }
    if (ended) {
      refuseRest();
    }
  }

  /** Waits until the table is filled. */
  void recover(Recovery recovery) throws IOException {
    if (!wanted.complete(recovery)) {
      throw new IllegalStateException("the journal was recovered before, or is closed");
    }
    try {
      recovered.join();
    } catch (CompletionException e) {
      throw new IOException("the journal cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  void close() {
    closing = true;
    wanted.complete(null);
    LockSupport.unpark(thread);
    Uninterruptibly.run(thread::join);
  }

  // ---- the appender's thread ----

  private void run() {
    try {
      Recovery recovery = wanted.join();
      if (recovery != null && replay(recovery)) {
        while (!closing || !commands.isEmpty()) {
          turn();
        }
        commit();
      }
    } catch (RuntimeException | Error broken) {
      LOG.log(Level.ERROR, "the journal ends: " + broken, broken);
      degraded = "the journal ended: " + broken;
    } finally {
      ended = true;
      try {
        refuseAppended("the journal is closed");
        refuse(serving);
        refuseRest();
      } finally {
        end();
      }
    }
  }

  private boolean replay(Recovery recovery) {
    try {
      List<Integer> found = new ArrayList<>();
      for (int cycle : folders.list()) {
        if (folders.hasData(cycle)) {
          found.add(cycle);
        } else {
          folders.files().delete(folders.folder(cycle));
        }
      }
      Replay replay = new Replay(folders, seal, table);
      replay.run(found, recovery);
      bounds.start(table.owed() + table.dead());
      files.countDamaged();
      publish();
      recovered.complete(null);
      begin(replay, found);
      return true;
    } catch (IOException | RuntimeException | Error e) {
      recovered.completeExceptionally(e);
      return false;
    }
  }

  /** What can be read can be served, also if nothing can be written. */
  private void begin(Replay replay, List<Integer> found) {
    try {
      cycles.start(replay, found, System.nanoTime());
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void turn() {
    int taken = 0;
    batchBytes = 0;
    for (Command next = poll(taken); next != null; next = poll(taken)) {
      taken++;
      serving = next;
      serve(next);
      serving = null;
    }
    bounds.giveBack();
    boolean more = taken > 0;
    if (cycles.isUsable()) {
      more |= tend();
    } else if (System.nanoTime() - retryAtNs >= 0) {
      resume();
    }
    publish();
    if (!more) {
      sleep();
    }
  }

  private Command poll(int taken) {
    return taken < BATCH_COMMANDS && batchBytes < BATCH_BYTES ? commands.relaxedPoll() : null;
  }

  /** Commits, and does what the cycle needs. True: there is more of it. */
  private boolean tend() {
    try {
      long nowNs = System.nanoTime();
      boolean late = unforced && nowNs - unforcedSinceNs >= OUTCOME_FORCE_NS;
      if ((!waiting.isEmpty() || late) && !commit()) {
        return false;
      }
      boolean more = cycles.turn(2 * batchBytes);
      cycles.write();
      if (cycles.isFull(nowNs) && commit()) {
        cycles.roll(nowNs);
        writeReasons();
        more = true;
      }
      return more;
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      return false;
    }
  }

  /** Makes durable what was appended, and tells. False: it failed, and that is told. */
  private boolean commit() {
    if (!cycles.isUsable()) {
      return false;
    }
    try {
      if (synced && (unforced || !waiting.isEmpty()) || reasons.areMany()) {
        cycles.force();
        reasons.forced();
      } else {
        cycles.write();
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      return false;
    }
    unforced = false;
    waiting.tellDurable(table);
    return true;
  }

  private void sleep() {
    long nowNs = System.nanoTime();
    long ns = AGE_LOOK_NS;
    if (!cycles.isUsable()) {
      ns = retryAtNs - nowNs;
    } else if (unforced) {
      ns = OUTCOME_FORCE_NS - (nowNs - unforcedSinceNs);
    }
    asleep = true;
    if (commands.isEmpty() && !closing && ns > 0) {
      LockSupport.parkNanos(this, ns);
    }
    asleep = false;
  }

  private void publish() {
    status =
        new Status(
            table.owed(),
            table.dead(),
            table.bodyBytes(),
            cycles.storedBytes(),
            cycles.oldest(),
            cycles.newest(),
            stray,
            0,
            null);
  }

  // ---- commands ----

  private void serve(Command command) {
    switch (command) {
      case Command.Accept accept -> accept(accept);
      case Command.Retry retry ->
          change(retry.handle(), OwedTable.OWED, OwedTable.OWED, retry.dueMs(), retry);
      case Command.Settle settle -> settle(settle.handle());
      case Command.Bury bury -> bury(bury);
      case Command.Redrive redrive ->
          change(redrive.handle(), OwedTable.DEAD, OwedTable.OWED, redrive.dueMs(), redrive);
      case Command.Read read -> read(read);
      case Command.Listing listing -> list(listing);
      case Command.Sync sync -> {
        waiting.add(sync.done());
        if (!cycles.isUsable()) {
          waiting.tellSyncs(degraded);
        }
      }
    }
  }

  private void accept(Command.Accept accept) {
    Event event = accept.event;
    if (!cycles.isUsable()) {
      refuse(accept, degraded);
      return;
    }
    row.place = table.take();
    row.dueMs = event.dueMs();
    row.acceptedMs = event.acceptedMs();
    row.idHigh = event.idHigh();
    row.idLow = event.idLow();
    row.bodyBytes = event.body().length;
    row.lane = event.lane();
    row.state = OwedTable.OWED;
    row.attempt = event.attempt();
    row.reasonKib = 0;
    row.lost = false;
    try {
      cycles.appendNew(row, event.body());
    } catch (IOException | RuntimeException | Error e) {
      table.giveBack(row.place);
      fail(e);
      refuse(accept, degraded);
      return;
    }
    table.put(row);
    accept.place = row.place;
    waiting.add(accept);
    batchBytes += event.body().length;
    bounds.arrived(event.body().length);
  }

  private void refuse(Command.Accept accept, String detail) {
    bounds.refuse(accept.event.body().length);
    Waiting.tell(() -> accept.receipt.refused(detail));
  }

  /** The event with this handle, in {@link #row}, if it is in that state. */
  private boolean find(long handle, byte state) {
    int place = table.place(handle);
    if (place < 0 || table.state(place) != state) {
      stray++;
      return false;
    }
    return table.read(place, row);
  }

  private void change(long handle, byte from, byte to, long dueMs, Command command) {
    if (!find(handle, from)) {
      return;
    }
    row.state = to;
    row.dueMs = dueMs;
    row.attempt = command instanceof Command.Retry retry ? retry.attempt() : 0;
    row.acceptedMs =
        command instanceof Command.Redrive redrive ? redrive.acceptedMs() : row.acceptedMs;
    table.change(row.place, row.state, row.attempt, row.acceptedMs, row.dueMs);
    record();
  }

  private void settle(long handle) {
    int place = table.place(handle);
    if (place < 0) {
      stray++;
      return;
    }
    table.read(place, row);
    row.state = OwedTable.GONE;
    table.remove(place);
    reasons.forget(place);
    bounds.gone();
    record();
  }

  /** Appends the new state of {@link #row}'s event. */
  private void record() {
    if (cycles.isUsable()) {
      try {
        cycles.appendOutcome(row);
        noteUnforced();
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  private void noteUnforced() {
    if (!unforced) {
      unforced = true;
      unforcedSinceNs = System.nanoTime();
    }
  }

  private void bury(Command.Bury bury) {
    if (!find(bury.handle(), OwedTable.OWED)) {
      return;
    }
    row.state = OwedTable.DEAD;
    row.dueMs = bury.buriedMs();
    table.change(row.place, row.state, row.attempt, row.acceptedMs, row.dueMs);
    reasons.add(row.place, bury.reason());
    if (!cycles.isUsable()) {
      return;
    }
    try {
      if (!writeReason(row.place)) {
        cycles.appendOutcome(row); // its reason follows when its bytes can be read
      }
      noteUnforced();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void writeReasons() throws IOException {
    for (int place : reasons.places()) {
      writeReason(place);
      noteUnforced();
    }
  }

  /** A dead event is appended anew with its reason. False: its bytes cannot be read at present. */
  private boolean writeReason(int place) throws IOException {
    byte[] reason = reasons.get(place);
    if (reason == null || !table.read(place, row) || row.state != OwedTable.DEAD) {
      reasons.forget(place);
      return reason != null;
    }
    boolean written = cycles.appendAgain(row, reason);
    if (written) {
      reasons.written(place);
    }
    return written;
  }

  private void read(Command.Read read) {
    int place = table.place(read.handle());
    if (place < 0) {
      Waiting.tell(() -> read.reading().failed(true, "the event is settled"));
      return;
    }
    table.read(place, row);
    if (row.lost) {
      Waiting.tell(() -> read.reading().failed(false, "the event's bytes are lost"));
      return;
    }
    try {
      cycles.makeReadable(row.position);
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      table.read(place, row); // it lies where it was
    }
    files.read(row.position, row.number, read.reading());
  }

  private void list(Command.Listing listing) {
    List<DeadLetter> found = new ArrayList<>();
    int from = (int) Math.min(listing.cursor(), table.places());
    long next = table.listDead(from, listing.limit(), found, row);
    Waiting.tell(() -> listing.letters().found(found, next));
  }

  // ---- failure ----

  /** The storage failed: whoever waits is told, and a new cycle is tried a little later. */
  private void fail(Throwable cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (degraded == null) {
      LOG.log(
          Level.ERROR,
          "the journal cannot be written: " + why,
          cause instanceof IOException ? null : cause);
    }
    degraded = why;
    cycles.abandon();
    unforced = false;
    retryAtNs = System.nanoTime() + retryNs;
    retryNs = Math.min(2 * retryNs, RETRY_MAX_NS);
    reasons.failed();
    refuseAppended(why);
  }

  /** Nobody was told of them: they are taken back. */
  private void refuseAppended(String why) {
    List<Command.Accept> refused = waiting.takeAppended();
    for (Command.Accept each : refused) {
      table.remove(each.place);
    }
    for (Command.Accept each : refused) {
      bounds.release();
      Waiting.tell(() -> each.receipt.refused(why));
    }
    waiting.tellSyncs(why);
  }

  private void resume() {
    try {
      cycles.resume(System.nanoTime());
      writeReasons();
      cycles.force();
      reasons.forced();
      unforced = false;
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      return;
    }
    degraded = null;
    retryNs = RETRY_FIRST_NS;
    LOG.log(Level.INFO, "the journal can be written again");
  }

  // ---- the end ----

  /**
   * Nobody must wait for a thread that is gone: what comes after its end is answered on the thread
   * that hands it over.
   */
  private void refuseRest() {
    for (Command next = takeRest(); next != null; next = takeRest()) {
      refuse(next);
    }
  }

  /** One at a time takes from the queue. */
  private synchronized Command takeRest() {
    return commands.poll();
  }

  private void refuse(Command command) {
    String closed = "the journal is closed";
    switch (command) {
      case Command.Accept accept -> refuse(accept, closed);
      case Command.Sync sync -> Waiting.tell(() -> sync.done().accept(closed));
      case Command.Read read -> Waiting.tell(() -> read.reading().failed(false, closed));
      case Command.Listing listing -> Waiting.tell(() -> listing.letters().found(List.of(), -1));
      case Command.Retry _, Command.Settle _, Command.Bury _, Command.Redrive _ -> {
        // whoever hands over outcomes afterwards has them run again after the next start
      }
      case null -> {
        // nothing was being served
      }
    }
  }

  private void end() {
    try {
      cycles.close();
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(Level.WARNING, "the journal was not closed well: " + e, e);
    }
    try {
      files.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the journal's files were not closed well: " + e, e);
    }
  }
}
