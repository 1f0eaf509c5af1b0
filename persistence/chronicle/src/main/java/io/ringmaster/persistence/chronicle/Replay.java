package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.chronicle.OwedTable.Row;
import io.ringmaster.persistence.spi.Journal.Recovery;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fills the table with what is still owed: from the newest cycle whose checkpoint is whole, and all
 * records since. That is the newest cycle but for a process that was killed soon after it began;
 * only then anything is read twice. Once, on the appender's thread.
 *
 * <p>Checkpoints are made while events come and go: each part stands for the moment at which it was
 * written, so replaying everything in its order gives the table as it was.
 */
final class Replay {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");
  private static final int RECORDS_PER_PROGRESS = 100_000;

  private final CycleFolders folders;
  private final Seal seal;
  private final OwedTable table;
  private final Row row = new Row();
  private final LaneNames lanes = new LaneNames();
  private final Set<Integer> damaged = new HashSet<>();
  private long nextEvent = 1;
  private long nextRecord = 1;
  private int firstCycle;
  private int lastCycle;

  Replay(CycleFolders folders, Seal seal, OwedTable table) {
    this.folders = folders;
    this.seal = seal;
    this.table = table;
  }

  /** Number that no event has had. */
  long nextEvent() {
    return nextEvent;
  }

  /** Number that no record has had. */
  long nextRecord() {
    return nextRecord;
  }

  /** The newest cycle that there is; 0: none. */
  int lastCycle() {
    return lastCycle;
  }

  /** The first one that was read. */
  int firstCycle() {
    return firstCycle;
  }

  void run(List<Integer> cycles, Recovery recovery) throws IOException {
    int from = Math.max(0, cycles.size() - 1);
    if (!replayFrom(cycles.subList(from, cycles.size()), recovery) && from > 0) {
      table.restoreEmpty(0, table.places());
      do {
        from--;
      } while (from > 0 && !isCheckpointWhole(cycles.get(from)));
      replayFrom(cycles.subList(from, cycles.size()), recovery);
    }
    firstCycle = cycles.isEmpty() ? 0 : cycles.get(from);
    lastCycle = cycles.isEmpty() ? 0 : cycles.getLast();
    findLost();
    table.restored();
    tell(recovery);
  }

  private boolean isCheckpointWhole(int cycle) throws IOException {
    try (RecordWalk walk = new RecordWalk(folders, seal, cycle)) {
      Checkpoint checkpoint = new Checkpoint();
      while (!checkpoint.ended && walk.advance()) {
        checkpoint.see(walk.bytes(), walk.at(), walk.damaged());
      }
      return checkpoint.whole;
    }
  }

  /** What was seen of a cycle's checkpoint. */
  private static final class Checkpoint {
    private long rows;
    private boolean ended;
    private boolean whole;

    void see(ByteBuffer bytes, int at, boolean damaged) {
      byte kind = Records.kind(bytes, at);
      if (kind == Records.PART) {
        rows += Records.rowsOfPart(bytes, at);
      } else if (kind == Records.END && !ended) {
        ended = true;
        whole = rows == Records.rows(bytes, at) && !damaged;
      }
    }
  }

  /** Reads cycles one after the other. True: the first one's checkpoint is whole. */
  private boolean replayFrom(List<Integer> cycles, Recovery recovery) throws IOException {
    long total = 0;
    for (int cycle : cycles) {
      total += Files.size(folders.data(cycle));
    }
    Checkpoint checkpoint = new Checkpoint();
    long done = 0;
    for (int cycle : cycles) {
      boolean first = cycle == cycles.getFirst();
      replay(cycle, first ? checkpoint : new Checkpoint(), recovery, done, total);
      done += Files.size(folders.data(cycle));
    }
    if (total > 0) {
      recovery.progress(total, total);
    }
    return checkpoint.whole;
  }

  private void replay(int cycle, Checkpoint checkpoint, Recovery recovery, long before, long total)
      throws IOException {
    try (WalkAhead walk = new WalkAhead(folders, seal, cycle)) {
      int records = 0;
      while (walk.advance()) {
        apply(walk.bytes(), walk.at(), walk.position());
        checkpoint.see(walk.bytes(), walk.at(), walk.damagedSoFar());
        if (++records % RECORDS_PER_PROGRESS == 0) {
          recovery.progress(before + walk.offset(), total);
        }
      }
      if (walk.damaged() && damaged.add(cycle)) {
        folders.markDamaged(cycle);
        LOG.log(
            Level.ERROR,
            "the journal''s cycle {0} is damaged: {1} records are missing; what could be read is"
                + " used, and the files are kept",
            cycle,
            walk.missing());
      }
    }
  }

  private void apply(ByteBuffer bytes, int at, long position) {
    nextRecord = Math.max(nextRecord, Records.number(bytes, at) + 1);
    switch (Records.kind(bytes, at)) {
      case Records.EVENT -> {
        Records.event(bytes, at, lanes, row);
        row.position = position;
        nextEvent = Math.max(nextEvent, row.number + 1);
        table.restore(row);
      }
      case Records.OUTCOME -> {
        Records.outcome(bytes, at, row);
        if (table.number(row.place) == row.number) {
          applyOutcome();
        }
      }
      case Records.BEGIN -> nextEvent = Math.max(nextEvent, Records.nextEvent(bytes, at));
      case Records.PART -> Records.restore(bytes, at, lanes, table, row);
      default -> {
        // the end of a checkpoint
      }
    }
  }

  private void applyOutcome() {
    if (row.state == OwedTable.GONE) {
      table.restoreEmpty(row.place, row.place + 1);
    } else {
      table.change(row.place, row.state, row.attempt, row.acceptedMs, row.dueMs);
    }
  }

  /** Finds events whose bytes cannot be there. */
  private void findLost() throws IOException {
    Map<Integer, Long> sizes = new HashMap<>();
    long lost = 0;
    int sized = 0;
    long size = 0;
    for (int place = 0; place < table.places(); place++) {
      if (table.number(place) != 0) {
        long position = table.position(place);
        int cycle = Position.cycle(position);
        if (cycle != sized) {
          size = size(cycle, sizes);
          sized = cycle;
        }
        if (Position.offset(position) + Records.HEAD_BYTES > size) {
          table.move(place, position, true);
          lost++;
        }
      }
    }
    if (lost > 0) {
      LOG.log(Level.ERROR, "the bytes of {0} events that are owed are not in the journal", lost);
    }
  }

  /** Of a cycle's file; 0: there is none. */
  private long size(int cycle, Map<Integer, Long> sizes) throws IOException {
    Long size = sizes.get(cycle);
    if (size == null) {
      size = folders.hasData(cycle) ? Files.size(folders.data(cycle)) : 0L;
      sizes.put(cycle, size);
    }
    return size;
  }

  private void tell(Recovery recovery) {
    for (int place = 0; place < table.places(); place++) {
      if (table.state(place) == OwedTable.OWED) {
        table.read(place, row);
        recovery.owed(
            table.handle(place),
            row.idHigh,
            row.idLow,
            row.lane,
            row.acceptedMs,
            row.dueMs,
            row.attempt,
            row.bodyBytes);
      }
    }
  }
}
