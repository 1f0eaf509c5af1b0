package io.ringmaster.core.event;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/**
 * Lanes of one kind take turns; one is listed once, and only if it has an event that may begin. A
 * lane has no more places than are left, and no more bytes: the fewer there are, the fewer one may
 * take. One thread.
 */
final class Turns {
  /** What one has at most that begins out of the reserve: 64 KiB of 64 MiB. */
  private static final int SMALL_PART = 1024;

  /** The reserve: 4 MiB of 64 MiB. */
  private static final int RESERVE_PART = 16;

  private final int runningMax;
  private final long bytesMax;
  private final Predicate<Lane> allowed;
  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private int running;
  private long bytes;

  /** Its next one does not fit: until it does, only those of the reserve begin. */
  private Lane large;

  /**
   * @param runningMax how many may run at once, over all lanes
   * @param bytesMax how many bytes those may have; one alone may have more
   * @param allowed whether a lane may begin any more at present
   */
  Turns(int runningMax, long bytesMax, Predicate<Lane> allowed) {
    this.runningMax = runningMax;
    this.bytesMax = bytesMax;
    this.allowed = allowed;
  }

  /** Lists a lane if it has anything to begin. */
  void look(Lane lane) {
    if (!lane.listed() && lane.ready()) {
      lane.listed(true);
      ready.add(lane);
    }
  }

  /** The row that begins to run now; −1: none may. */
  int next(EventTable table) {
    for (int looks = running < runningMax ? ready.size() : 0; looks > 0; looks--) {
      Lane lane = ready.poll();
      if (mayBegin(lane, table.bodyBytes(lane.first()))) {
        lane.listed(false);
        return begin(lane, table);
      }
      ready.add(lane);
    }
    return -1;
  }

  private boolean mayBegin(Lane lane, int bodyBytes) {
    if (!allowed.test(lane)) {
      return false;
    }
    if (running == 0 || isSmall(lane, bodyBytes)) {
      return true;
    }
    if (lane.running() >= runningMax - running || lane.runningBytes() > bytesMax - bytes) {
      return false; // it has its share
    }
    if (large != null && large != lane) {
      return false; // that one would wait for ever
    }
    boolean fits = bytes + bodyBytes <= bytesMax;
    large = fits ? null : lane;
    return fits;
  }

  /** A lane that runs nothing has a small one begin out of a reserve. */
  private boolean isSmall(Lane lane, int bodyBytes) {
    return lane.running() == 0
        && bodyBytes <= bytesMax / SMALL_PART
        && bytes + bodyBytes <= bytesMax + bytesMax / RESERVE_PART;
  }

  private int begin(Lane lane, EventTable table) {
    int row = lane.begin(table);
    large = large == lane ? null : large;
    running++;
    bytes += table.bodyBytes(row);
    look(lane);
    return row;
  }

  /** One of a lane's runs no more. */
  void ended(Lane lane, int bodyBytes) {
    running--;
    bytes -= bodyBytes;
    lane.ended(bodyBytes);
    look(lane);
  }

  /** Bytes of what one of a lane's holds that runs, in addition to its body. */
  void hold(Lane lane, int more) {
    bytes += more;
    lane.hold(more);
  }

  int running() {
    return running;
  }

  /** Bytes of what runs. */
  long bytes() {
    return bytes;
  }
}
