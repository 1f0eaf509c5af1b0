package io.ringmaster.core.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.Timed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimersTest {
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final class Thing extends Timed {}

  @Test
  void firesOnceAndNotBeforeItsDeadline() {
    Timers timers = new Timers(1_000);
    Thing thing = new Thing();
    timers.schedule(thing, 5_000_000_000L);
    List<Timed> fired = new ArrayList<>();
    timers.poll(4_999_999_999L, fired::add);
    assertEquals(List.of(), fired);
    timers.poll(5_000_000_000L + TICK_NS, fired::add);
    assertEquals(List.of(thing), fired);
    timers.poll(9_000_000_000L, fired::add);
    assertEquals(1, fired.size());
    assertEquals(Timed.NO_TIMER, thing.timerId);
  }

  @Test
  void timeWithoutTimersIsNotWalkedThrough() {
    long second = 1_000_000_000L;
    Timers timers = new Timers(0);
    Thing last = new Thing();
    timers.schedule(last, 2000 * second);
    Thing first = new Thing();
    timers.schedule(first, 900 * second);
    List<Timed> fired = new ArrayList<>();
    timers.poll(900 * second + TICK_NS, fired::add);
    assertEquals(List.of(first), fired);
    assertTrue(timers.walked() < 10, "after a long wait: " + timers.walked());

    for (int i = 0; i < 100; i++) {
      Thing cancelled = new Thing();
      timers.schedule(cancelled, (901 + i) * second);
      timers.cancel(cancelled);
    }
    for (int i = 0; i < 1000; i++) {
      timers.poll((901 + i) * second, fired::add);
    }
    assertTrue(timers.walked() < 2000, "busy, with stale deadlines: " + timers.walked());
    timers.poll(2000 * second + TICK_NS, fired::add);
    assertEquals(List.of(first, last), fired);
  }

  @Test
  void refusesASecondTimer() {
    Timers timers = new Timers(0);
    Thing thing = new Thing();
    timers.schedule(thing, 10);
    assertThrows(IllegalStateException.class, () -> timers.schedule(thing, 20));
  }

  @Test
  void agreesWithAModelOverRandomSchedulesCancelsAndClockJumps() {
    SplittableRandom random = new SplittableRandom(42);
    long now = 123_456_789L;
    Timers timers = new Timers(now);
    Map<Thing, Long> model = new HashMap<>();
    for (int step = 0; step < 50_000; step++) {
      int dice = random.nextInt(10);
      if (dice < 5) {
        Thing thing = new Thing();
        long deadline = now + random.nextLong(5_000_000_000L);
        timers.schedule(thing, deadline);
        model.put(thing, deadline);
      } else if (dice < 8 && !model.isEmpty()) {
        Thing thing = model.keySet().iterator().next();
        timers.cancel(thing);
        model.remove(thing);
      } else {
        now += random.nextInt(100) == 0 ? 60_000_000_000L : random.nextLong(20_000_000L);
        long present = now;
        timers.poll(
            present,
            timed -> assertTrue(model.remove((Thing) timed) <= present, "before its deadline"));
        model.forEach(
            (thing, deadline) ->
                assertTrue(deadline > present - TICK_NS, () -> "late by " + (present - deadline)));
      }
      assertEquals(model.size(), timers.count());
      assertTrue(
          model.values().stream().mapToLong(x -> x).min().orElse(Long.MAX_VALUE) >= timers.nextNs(),
          "the next time is never too late");
    }
  }
}
