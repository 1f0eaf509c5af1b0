package io.ringmaster.core.event;

import java.util.ArrayDeque;

/**
 * Lanes of one kind take turns; one is listed once, and only if it has an event that may begin. A
 * lane has no more places than are left, and no more bytes: the fewer there are, the fewer one may
 * take. One thread.
 */
final class Turns {
  private final int runningMax;
  private final long bytesMax;
  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private int running;
  private long bytes;

  /**
   * @param runningMax how many may run at once, over all lanes
   * @param bytesMax how many bytes those may have; one alone may have more
   */
  Turns(int runningMax, long bytesMax) {
    this.runningMax = runningMax;
    this.bytesMax = bytesMax;
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
      Lane lane = ready.peek();
      if (running > 0 && bytes + table.bodyBytes(lane.first()) > bytesMax) {
        return -1; // others would keep it waiting for ever
      }
      ready.poll();
      if (mayBegin(lane)) {
        lane.listed(false);
        return begin(lane, table);
      }
      ready.add(lane);
    }
    return -1;
  }

  private boolean mayBegin(Lane lane) {
    return running == 0
        || lane.running() < runningMax - running && lane.runningBytes() <= bytesMax - bytes;
  }

  private int begin(Lane lane, EventTable table) {
    int row = lane.begin(table);
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

  /** Bytes of what runs, in addition to its bodies. */
  void hold(int more) {
    bytes += more;
  }

  int running() {
    return running;
  }

  /** Bytes of what runs. */
  long bytes() {
    return bytes;
  }
}
