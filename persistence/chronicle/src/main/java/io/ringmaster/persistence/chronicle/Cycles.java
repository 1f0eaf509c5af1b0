package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.chronicle.OwedTable.Row;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The sequence of cycles: writes records into the newest, checkpoints and carries forward a little
 * at a time, ends it when it is full and lets old ones go. The appender's thread only.
 *
 * <p>An {@link IOException} or worse out of any method leaves the newest cycle unusable: {@link
 * #abandon}, and {@link #resume} with a new one.
 */
final class Cycles {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");
  private static final int PLACES_PER_PART = 1024;
  private static final int SLICE_BYTES = 512 * 1024;
  private static final int EVENT_BYTES = 160;
  private static final long CYCLE_BYTES_MAX = 8L << 30;
  private static final byte[] NO_BYTES = new byte[0];

  /** Events that move before the file is forced. */
  private static final int MOVED_MAX = 1 << 16;

  /** What a cycle needs before the ones before it may go. */
  private enum Upkeep {
    CARRY,
    CHECKPOINT,
    FORCE,
    DONE
  }

  /** That an event's bytes are to lie in the newest cycle, and where they are. */
  private record Moved(int place, long number, long from, boolean lost) {}

  private final CycleFolders folders;
  private final JournalLimits limits;
  private final OwedTable table;
  private final FilesThread files;
  private final BodyFiles bodies;
  private final Records.Encoder encoder;
  private final Row row = new Row();
  private final Batch batch = new Batch();

  /** Events whose bytes are here, not durably, and elsewhere; in the order in which they moved. */
  private final List<Moved> moved = new ArrayList<>();

  /** Sizes of the cycles that are kept, by number. */
  private final TreeMap<Integer, Long> kept = new TreeMap<>();

  private CycleWriter writer;
  private long writerBegunNs;

  /** What lies in cycles below is appended anew. */
  private int carryBelow;

  /** Cycles below may go: nothing lies there that could not be read. */
  private int keepFrom;

  private int lastBegun;
  private long nextRecord;
  private long nextEvent;
  private Upkeep upkeep = Upkeep.DONE;
  private int cursor;
  private long rows;
  private int recordsOfUpkeep;
  private long endOfUpkeep;

  Cycles(
      CycleFolders folders, Seal seal, JournalLimits limits, OwedTable table, FilesThread files) {
    this.folders = folders;
    this.limits = limits;
    this.table = table;
    this.files = files;
    bodies = new BodyFiles(folders, seal);
    encoder = new Records.Encoder(seal);
  }

  /** Goes on from what was found, in a new cycle. */
  void start(Replay replay, List<Integer> found, long nowNs) throws IOException {
    nextRecord = replay.nextRecord();
    nextEvent = replay.nextEvent();
    lastBegun = replay.lastCycle();
    for (int cycle : found) {
      kept.put(cycle, Files.size(folders.data(cycle)));
    }
    carryBelow = lastBegun + 1;
    for (int cycle : kept.tailMap(replay.firstCycle()).keySet()) {
      force(cycle);
    }
    carryBelow = lastBegun;
    begin(nowNs);
  }

  /** What an earlier process wrote and may not have forced: it was believed, so it must stay. */
  private void force(int cycle) throws IOException {
    try (FileChannel channel = folders.files().openToRead(folders.data(cycle))) {
      folders.files().force(channel, true);
    }
    folders.files().syncFolder(folders.folder(cycle));
  }

  /**
   * Begins the next cycle.
   *
   * @throws IOException it cannot; nothing is left of it, or its number is not used again
   */
  private void begin(long nowNs) throws IOException {
    int cycle = lastBegun + 1;
    if (cycle >= Position.CYCLE_MAX) {
      throw new IOException("there are no more cycles");
    }
    files.awaitPrepared();
    boolean begun = false;
    try {
      if (!files.isPrepared(cycle)) {
        if (Files.exists(folders.folder(cycle))) {
          folders.files().delete(folders.folder(cycle));
        }
        folders.prepare(cycle);
      }
      int length = encoder.begin(nextRecord++, cycle, nextEvent);
      writer = CycleWriter.begin(folders, files, cycle, batch, encoder.array(), length);
      begun = true;
    } finally {
      files.forgetPrepared();
      if (!begun) {
        discard(cycle);
      }
    }
    lastBegun = cycle;
    kept.put(cycle, writer.end());
    writerBegunNs = nowNs;
    upkeep = Upkeep.CARRY;
    cursor = 0;
    rows = 0;
    keepFrom = carryBelow;
  }

  boolean isUsable() {
    return writer != null;
  }

  int newest() {
    return lastBegun;
  }

  int oldest() {
    return kept.isEmpty() ? 0 : kept.firstKey();
  }

  long storedBytes() {
    long bytes = 0;
    for (long each : kept.values()) {
      bytes += each;
    }
    return bytes;
  }

  /** Numbers an event and appends it; its position is in the row then. */
  void appendNew(Row event, byte[] body) throws IOException {
    event.number = nextEvent++;
    event.position = append(encoder.event(nextRecord++, event, NO_BYTES, body));
  }

  /**
   * Appends an event that lies elsewhere, with a new reason or its own, and makes its row true.
   *
   * @return false: its bytes cannot be read at present, and it stays where it is
   */
  boolean appendAgain(Row event, byte[] newReason) throws IOException {
    byte[] body = NO_BYTES;
    byte[] reason = newReason == null ? NO_BYTES : newReason;
    if (!event.lost) {
      makeReadable(event.position);
      try {
        ByteBuffer record = bodies.read(event.position, event.number);
        body = Records.body(record);
        reason = newReason == null ? Records.reason(record) : newReason;
      } catch (DamagedRecordException damaged) {
        event.lost = true;
        folders.markDamaged(Position.cycle(event.position));
        LOG.log(Level.ERROR, "the bytes of an event are lost: " + damaged.getMessage());
      } catch (IOException unreadable) {
        LOG.log(Level.WARNING, "an event cannot be moved yet: " + unreadable.getMessage());
        return false;
      }
    }
    event.bodyBytes = body.length;
    event.reasonKib = OwedTable.kib(reason.length);
    long from = event.position;
    event.position = append(encoder.event(nextRecord++, event, reason, body));
    table.restore(event);
    moved.add(new Moved(event.place, event.number, from, event.lost));
    return true;
  }

  void appendOutcome(Row event) throws IOException {
    append(encoder.outcome(nextRecord++, event));
  }

  private long append(int length) throws IOException {
    if (writer.isBatchFull(length)) {
      write();
    }
    return writer.append(encoder.array(), length);
  }

  /** Writes what was appended, so that it survives this process. */
  void write() throws IOException {
    if (moved.size() >= MOVED_MAX) {
      force();
    } else {
      writer.write();
    }
  }

  /** Writes what was appended, and makes it durable. */
  void force() throws IOException {
    writer.write();
    writer.force();
    moved.clear();
  }

  /** Has an event that lies at a position written, if it is not. */
  void makeReadable(long position) throws IOException {
    boolean newest = writer != null && Position.cycle(position) == writer.cycle();
    if (newest && !writer.isWritten(Position.offset(position))) {
      write();
    }
  }

  /**
   * Does a little of what the cycle still needs.
   *
   * @param bytes at least so much is written, if there is: what was written for others meanwhile
   * @return whether there is more to do
   */
  boolean turn(long bytes) throws IOException {
    long end = writer.end() + Math.max(SLICE_BYTES, bytes);
    while (upkeep != Upkeep.DONE && writer.end() < end) {
      step();
    }
    kept.put(lastBegun, writer.end());
    return upkeep != Upkeep.DONE;
  }

  private void step() throws IOException {
    switch (upkeep) {
      case CHECKPOINT -> checkpoint();
      case CARRY -> carry();
      case FORCE -> {
        force();
        retire();
        upkeep = Upkeep.DONE;
        recordsOfUpkeep = writer.records();
        endOfUpkeep = writer.end();
        files.prepare(lastBegun + 1);
      }
      case DONE -> throw new IllegalStateException("nothing is to be done");
    }
  }

  private void checkpoint() throws IOException {
    if (cursor < table.places()) {
      int to = Math.min(cursor + PLACES_PER_PART, table.places());
      int length = encoder.part(nextRecord++, table, cursor, to, row);
      rows += Records.rowsOfPart(encoder.record(), 0);
      append(length);
      cursor = to;
    } else {
      append(encoder.end(nextRecord++, rows));
      upkeep = Upkeep.FORCE;
    }
  }

  /** Some places' events that lie two cycles back, or in a cycle that failed, move here. */
  private void carry() throws IOException {
    int to = Math.min(cursor + PLACES_PER_PART, table.places());
    long enough = writer.end() + SLICE_BYTES;
    while (cursor < to && writer.end() < enough) {
      if (table.number(cursor) != 0 && Position.cycle(table.position(cursor)) < carryBelow) {
        table.read(cursor, row);
        if (!appendAgain(row, null)) {
          keepFrom = Math.min(keepFrom, Position.cycle(row.position));
        }
      }
      cursor++;
    }
    if (cursor == table.places()) {
      upkeep = Upkeep.CHECKPOINT;
      cursor = 0;
    }
  }

  private void retire() throws IOException {
    while (kept.firstKey() < Math.min(keepFrom, lastBegun)) {
      int old = kept.pollFirstEntry().getKey();
      bodies.forget(old);
      files.retire(old);
    }
    carryBelow = lastBegun;
  }

  /**
   * Whether the newest cycle is to end: it has done what it owes to those before it, and since then
   * as much was written as would have to be written again.
   */
  boolean isFull(long nowNs) {
    if (upkeep != Upkeep.DONE || writer.records() == recordsOfUpkeep) {
      return false;
    }
    long owed = table.bodyBytes() + (table.owed() + table.dead()) * EVENT_BYTES;
    long bytes = Math.min(Math.max(limits.cycleBytes(), owed), CYCLE_BYTES_MAX);
    return writer.end() - endOfUpkeep >= bytes
        || writer.records() - recordsOfUpkeep >= limits.cycleRecords()
        || nowNs - writerBegunNs >= limits.cycleNs();
  }

  /** Ends the cycle and begins the next. */
  void roll(long nowNs) throws IOException {
    force();
    writer.close();
    writer = null;
    carryBelow = lastBegun;
    begin(nowNs);
  }

  /**
   * Gives up the newest cycle, as far as it will let go. What lies there may not be durable: all of
   * it is to be appended anew before anything older goes, and what moved there since it was forced
   * lies where it lay.
   */
  void abandon() {
    for (Moved each : moved.reversed()) {
      if (table.number(each.place) == each.number) {
        table.move(each.place, each.from, each.lost);
      }
    }
    moved.clear();
    if (writer != null) {
      CycleWriter broken = writer;
      writer = null;
      carryBelow = lastBegun + 1;
      try {
        broken.close();
      } catch (IOException | RuntimeException | Error e) {
        LOG.log(Level.DEBUG, "a cycle that failed was not closed well", e);
      }
    }
  }

  /**
   * Goes on in a new cycle, which has all that is owed in it and the whole checkpoint, durably,
   * when this returns.
   *
   * @throws IOException it cannot
   */
  void resume(long nowNs) throws IOException {
    begin(nowNs);
    while (upkeep != Upkeep.DONE) {
      step();
    }
  }

  /** Removes a cycle in which nothing was acknowledged. */
  private void discard(int cycle) {
    try {
      if (Files.exists(folders.folder(cycle))) {
        folders.files().delete(folders.folder(cycle));
      }
    } catch (IOException e) {
      lastBegun = cycle; // its number is not used again
      LOG.log(Level.DEBUG, "what was begun cannot be removed", e);
    }
  }

  /** Forces what was written and gives everything back. */
  void close() throws IOException {
    try (bodies) {
      if (writer != null) {
        force();
        writer.close();
      }
    }
  }
}
