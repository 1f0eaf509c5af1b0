package io.ringmaster.core.event;

import java.util.ArrayDeque;

/**
 * Lanes of one kind take turns; one is listed once, and only if it has an event that may begin. One
 * thread.
 */
final class Turns {
  private final int runningMax;
  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private int running;

  /**
   * @param runningMax how many may run at once, over all lanes
   */
  Turns(int runningMax) {
    this.runningMax = runningMax;
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
    if (running >= runningMax || ready.isEmpty()) {
      return -1;
    }
    Lane lane = ready.poll();
    lane.listed(false);
    int row = lane.begin(table);
    running++;
    look(lane);
    return row;
  }

  /** One of a lane's runs no more. */
  void ended(Lane lane) {
    running--;
    lane.ended();
    look(lane);
  }

  int running() {
    return running;
  }
}
