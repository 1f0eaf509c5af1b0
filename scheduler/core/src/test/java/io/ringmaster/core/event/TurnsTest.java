package io.ringmaster.core.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final EventTable table = new EventTable();

  private Lane lane(Turns turns, String key, int events, int bodyBytes) {
    Lane lane = new Lane(key, 32);
    for (int i = 0; i < events; i++) {
      lane.queue(table, table.add(i, lane, 0, bodyBytes));
    }
    turns.look(lane);
    return lane;
  }

  private int beginAll(Turns turns) {
    int begun = 0;
    while (turns.next(table) >= 0) {
      begun++;
    }
    return begun;
  }

  @Test
  void noMoreBeginThanThereAreBytesFor() {
    Turns turns = new Turns(100, 1_000, any -> true);
    for (int i = 0; i < 20; i++) {
      lane(turns, "f" + i, 1, 150);
    }
    assertEquals(6, beginAll(turns));
    assertEquals(900, turns.bytes());
  }

  @Test
  void oneBeginsWhateverItHas() {
    Turns turns = new Turns(100, 1_000, any -> true);
    lane(turns, "f", 1, 5_000);
    lane(turns, "g", 1, 10);
    assertEquals(1, beginAll(turns));
  }

  @Test
  void whatFollowsFromWhatRunsCounts() {
    Turns turns = new Turns(100, 1_000, any -> true);
    Lane f = lane(turns, "f", 1, 10);
    beginAll(turns);
    turns.hold(f, 2_000);
    lane(turns, "g", 1, 10);
    assertEquals(0, beginAll(turns));
    turns.hold(f, -2_000);
    assertEquals(1, beginAll(turns));
  }

  @Test
  void oneLaneLeavesPlacesAndBytesToOthers() {
    Turns places = new Turns(20, 1_000, any -> true);
    lane(places, "f", 100, 1);
    assertEquals(10, beginAll(places));
    lane(places, "g", 100, 1);
    assertEquals(5, beginAll(places));
    Turns bytes = new Turns(1_000, 1_000, any -> true);
    lane(bytes, "f", 100, 100);
    assertEquals(6, beginAll(bytes));
    lane(bytes, "g", 1, 100);
    assertEquals(1, beginAll(bytes));
  }

  /** One that has its share, with a large one next, is in nobody's way. */
  @Test
  void aLaneOverItsShareKeepsNobodyWaiting() {
    Turns turns = new Turns(256, 1_000, any -> true);
    Lane full = lane(turns, "full", 10, 100);
    beginAll(turns);
    turns.hold(full, 350);
    lane(turns, "other", 1, 10);
    assertEquals(1, beginAll(turns));
  }

  @Test
  void aSmallOneOfALaneThatRunsNothingBeginsBesideLargeOnesThatWait() {
    Turns turns = new Turns(256, 100_000, any -> true);
    for (int i = 0; i < 10; i++) {
      lane(turns, "large" + i, 10, 30_000);
    }
    assertEquals(3, beginAll(turns));
    lane(turns, "small", 10, 90);
    assertEquals(1, beginAll(turns));
  }

  @Test
  void nobodyBeginsWhoMayNot() {
    Turns turns = new Turns(256, 1_000, lane -> !lane.key.equals("f"));
    lane(turns, "f", 1, 1);
    lane(turns, "g", 1, 1);
    assertEquals(1, beginAll(turns));
  }

  /** A large one among many small ones gets its turn, and no sum is exceeded. */
  @Property(tries = 100)
  void nobodyWaitsForEver(@ForAll Random random) {
    Turns turns = new Turns(16, 1_000, any -> true);
    Deque<Integer> running = new ArrayDeque<>();
    Lane large = lane(turns, "large", 20, 900);
    for (int i = 0; i < 5; i++) {
      lane(turns, "small" + i, 400, 1 + random.nextInt(100));
    }
    int left = 20 + 5 * 400;
    int largeAfter = 0;
    for (int step = 0; left > 0; step++) {
      for (int row = turns.next(table); row >= 0; row = turns.next(table)) {
        running.add(row);
        largeAfter = table.lane(row) == large ? step : largeAfter;
      }
      assertTrue(turns.running() <= 16);
      assertTrue(turns.bytes() <= 1_000);
      int row = running.poll();
      turns.ended(table.lane(row), table.bodyBytes(row));
      left--;
    }
    assertTrue(largeAfter < 1_000, "the large ones waited until " + largeAfter);
    assertEquals(0, turns.bytes());
  }
}
