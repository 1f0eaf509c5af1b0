package io.ringmaster.core.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.event.ScriptedCall.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private static final long MINUTE_MS = 60_000;
  private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
  private static final long YEAR_MS = TimeUnit.DAYS.toMillis(365);
  private static final String QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue";

  private final EventWorld world = new EventWorld();

  private void restart() {
    restart(world.wrongMs);
  }

  /**
   * @param wrongMs by how much the clock of the wall is wrong at the start
   */
  private void restart(long wrongMs) {
    world.journal.flush();
    world.clock.save();
    world.wrongMs = wrongMs;
    world.restart();
  }

  private static EventSettings ageMax(long ms) {
    return new EventSettings(2, ms, null, null, null, false, false);
  }

  @Test
  void aClockThatIsSetMakesNothingRunEarlyOrLate() {
    for (long wrongMs : new long[] {5 * HOUR_MS, -5 * HOUR_MS, 20 * YEAR_MS, -20 * YEAR_MS}) {
      EventWorld set = new EventWorld();
      set.scripts.put("f", submitted -> Outcome.error());
      UUID id = set.accept("f");
      set.pass(MINUTE_MS / 2);
      set.wrongMs = wrongMs;
      set.pass(HOUR_MS);
      assertEquals(List.of(0L, MINUTE_MS, 3 * MINUTE_MS), set.runs.get(id));
    }
  }

  @Test
  void recordsShowTheTimeOfTheWall() {
    world.wrongMs = -YEAR_MS;
    world.restart();
    world.wrongMs = 0;
    world.pass(2 * EventClock.LOOK_MS);
    world.settings.put("f", new EventSettings(2, HOUR_MS, QUEUE, null, null, false, false));
    world.accept("f");
    world.pass(1);
    String record = new String(world.delivered.get(0).content(), StandardCharsets.UTF_8);
    assertTrue(record.contains("\"timestamp\":\"2023-11-14T22:13:40.000Z\""), record);
  }

  @Test
  void aClockThatWasBehindAndIsSetRightExpiresNothing() {
    world.wrongMs = -20 * YEAR_MS;
    world.restart();
    boolean[] throttled = {true};
    world.scripts.put("f", submitted -> throttled[0] ? Outcome.throttled() : Outcome.success("1"));
    world.settings.put("f", ageMax(HOUR_MS));
    UUID id = world.accept("f");
    world.pass(MINUTE_MS);
    world.wrongMs = 0;
    world.pass(MINUTE_MS);
    restart();
    throttled[0] = false;
    world.pass(MINUTE_MS * 5);
    assertEquals(0, world.owed());
    assertEquals(0, world.journal.status().dead());
    assertTrue(world.runs.get(id).size() > 1);
  }

  @Test
  void aClockThatIsBehindAtAStartKeepsNothingWaiting() {
    world.scripts.put("f", submitted -> Outcome.error());
    UUID id = world.accept("f");
    world.pass(MINUTE_MS / 2);
    restart(-20 * YEAR_MS);
    world.pass(MINUTE_MS);
    world.wrongMs = 0;
    world.pass(HOUR_MS);
    assertEquals(List.of(0L, MINUTE_MS, 3 * MINUTE_MS), world.runs.get(id));
  }

  @Test
  void aClockThatIsAheadAtAStartMakesNothingOlderThanAnHour() {
    world.scripts.put("f", submitted -> Outcome.throttled());
    world.settings.put("f", ageMax(2 * HOUR_MS));
    UUID id = world.accept("f");
    world.pass(MINUTE_MS / 2);
    int before = world.runs.get(id).size();
    restart(20 * YEAR_MS);
    world.pass(10 * MINUTE_MS);
    assertTrue(world.runs.get(id).size() > before);
    assertEquals(1, world.owed());
    world.wrongMs = 0;
    world.pass(HOUR_MS / 2); // 100 of 120 minutes old
    assertEquals(1, world.owed());
    world.pass(HOUR_MS / 2);
    assertEquals(0, world.owed());
  }

  @Test
  void theTimeWithoutAProcessCounts() {
    world.scripts.put("f", submitted -> Outcome.throttled());
    world.settings.put("f", ageMax(20 * MINUTE_MS));
    world.accept("f");
    world.pass(MINUTE_MS);
    world.journal.flush();
    world.clock.save();
    world.nowMs += 30 * MINUTE_MS;
    world.restart();
    world.pass(1);
    world.journal.flush();
    assertEquals(0, world.owed());
    assertEquals(1, world.journal.status().dead());
  }

  @Test
  void aClockThatWasNotKeptGoesOnFromTheLastEvent() {
    world.scripts.put("f", submitted -> Outcome.error());
    UUID id = world.accept("f");
    world.pass(1);
    world.journal.flush();
    world.keptClock = null;
    world.wrongMs = -HOUR_MS;
    world.restart();
    world.pass(HOUR_MS);
    assertEquals(3, world.runs.get(id).size());
    assertEquals(0, world.owed());
  }

  @Test
  void aClockThatWasNotKeptMakesNothingOlderThanAnHour() {
    world.scripts.put("f", submitted -> Outcome.throttled());
    world.settings.put("f", ageMax(2 * HOUR_MS));
    world.accept("f");
    world.pass(1);
    world.journal.flush();
    world.keptClock = null;
    world.wrongMs = YEAR_MS;
    world.restart();
    world.pass(HOUR_MS / 2);
    assertEquals(1, world.owed());
    world.pass(HOUR_MS);
    assertEquals(0, world.owed());
  }

  @Test
  void theBackOffGoesOnWhereItStood() {
    world.scripts.put("f", submitted -> Outcome.throttled());
    UUID id = world.accept("f");
    world.pass(20_000); // at 0, 1, 3, 7, 15 s
    restart();
    world.pass(100_000);
    assertEquals(
        List.of(0L, 1_000L, 3_000L, 7_000L, 15_000L, 31_000L, 63_000L), world.runs.get(id));
  }

  @Test
  void errorsAndRefusalsFitIntoOneNumber() {
    for (int errors = 0; errors <= 3; errors++) {
      for (int refusals = 0; refusals <= Tries.REFUSALS_MAX; refusals++) {
        int tries = Tries.of(errors, refusals);
        assertTrue(tries >= 0 && tries <= 0xff);
        assertEquals(errors, Tries.errors(tries));
        assertEquals(refusals, Tries.refusals(tries));
      }
    }
    assertEquals(Tries.REFUSALS_MAX, Tries.refusals(Tries.of(1, 1_000)));
  }
}
