package io.ringmaster.persistence.chronicle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lanes of events, each kept once for as long as an event has it. The journal's thread only.
 */
final class Lanes {
  private static final class Lane {
    final String name;
    final int number;
    int events;

    Lane(String name, int number) {
      this.name = name;
      this.number = number;
    }
  }

  private final Map<String, Lane> byName = new HashMap<>();
  private final List<Lane> byNumber = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  /** The number of a lane, for one event more. */
  int hold(String name) {
    Lane lane = byName.get(name);
    if (lane == null) {
      lane = add(name);
    }
    lane.events++;
    return lane.number;
  }

  private Lane add(String name) {
    Integer again = free.poll();
    Lane lane = new Lane(name, again == null ? byNumber.size() : again);
    if (again == null) {
      byNumber.add(lane);
    } else {
      byNumber.set(again, lane);
    }
    byName.put(name, lane);
    return lane;
  }

  void release(int number) {
    Lane lane = byNumber.get(number);
    lane.events--;
    if (lane.events == 0) {
      byName.remove(lane.name);
      byNumber.set(number, null);
      free.add(number);
    }
  }

  String name(int number) {
    return byNumber.get(number).name;
  }

  int size() {
    return byName.size();
  }
}
