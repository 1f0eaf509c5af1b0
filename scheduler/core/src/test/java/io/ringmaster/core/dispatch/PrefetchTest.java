package io.ringmaster.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.dispatch.HandTurned.ScriptedDriver;
import io.ringmaster.core.dispatch.HandTurned.Submitted;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Slots;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The next invocation in a sandbox that still runs one: when, and what becomes of it. */
class PrefetchTest {
  private static final long FAST_NS = 100_000;
  private static final long SLOW_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int SLOT = Slots.slot(0, 0);

  private final HandTurned world = new HandTurned(StreamLimits.DEFAULT, 3);
  private final ScriptedDriver driver = world.processes;

  PrefetchTest() {
    driver.depth = 1;
    driver.onPrepare = id -> driver.events.add(sink -> sink.ready(id, 1, 25_000_000L, 25_000_000L));
  }

  /** One sandbox, and so many invocations that took so long; then nothing runs. */
  private void warm(int invocations, long eachNs) {
    for (int i = 0; i < invocations; i++) {
      Submitted submitted = world.submit();
      world.turn();
      world.turn();
      after(eachNs);
      answerLast();
      assertEquals(1, submitted.told);
    }
    driver.offered.clear();
    driver.slots.clear();
  }

  private void after(long ns) {
    world.nowNs += ns;
    world.turn();
  }

  private void answerLast() {
    driver.answer(driver.offered.size() - 1);
    world.turn();
  }

  private long count(Counter counter) {
    return world.counters.get(counter);
  }

  @Test
  void theNextOneOfAFastVersionLiesBehindTheOneThatRuns() {
    warm(110, FAST_NS);
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    assertEquals(List.of(SLOT, SLOT), driver.slots);
    assertEquals(1, count(Counter.PREFETCHED));
    assertEquals(1, driver.prepared, "a fast one is waited for");
    driver.answer(0);
    world.turn();
    driver.answer(1);
    world.turn();
    assertEquals(200, first.call.statusCode());
    assertEquals(200, second.call.statusCode());
    assertEquals(1, second.told);
    assertEquals(List.of(), driver.revoked);
  }

  @Test
  void onlyOneLiesBehindAnother() {
    warm(110, FAST_NS);
    for (int i = 0; i < 5; i++) {
      world.submit();
    }
    world.turn();
    assertEquals(2, driver.offered.size());
    driver.answer(0);
    world.turn();
    assertEquals(3, driver.offered.size());
  }

  @Test
  void aVersionIsFastAfterAHundredFastOnesAndNotAfterAFewSlowOnes() {
    warm(90, FAST_NS);
    world.submit();
    world.submit();
    world.turn();
    assertEquals(1, driver.offered.size(), "too few to tell");
    driver.answer(0);
    world.turn();
    driver.answer(1);
    world.turn();
    warm(300, FAST_NS);
    warm(1, SLOW_NS);
    world.submit();
    world.submit();
    world.turn();
    assertEquals(2, driver.offered.size(), "one in a hundred may be slow");
    driver.answer(0);
    world.turn();
    driver.answer(1);
    world.turn();
    warm(3, SLOW_NS);
    world.submit();
    world.submit();
    world.turn();
    assertEquals(1, driver.offered.size(), "too many are slow");
  }

  @Test
  void itsTimeBeginsWhenTheOneBeforeItHasAnswered() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    world.turn();
    world.nowNs += 900_000;
    driver.answer(0);
    world.turn();
    after(HandTurned.TIMEOUT_NS - 1);
    assertEquals(0, second.told);
    after(TimeUnit.MILLISECONDS.toNanos(2));
    assertEquals(1, second.told);
    assertTrue(second.call.functionError());
  }

  @Test
  void itsTimeBeginsAnewWhenItWasBegunLate() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    world.turn();
    driver.answer(0);
    world.turn();
    world.nowNs += SLOW_NS;
    long sequence = driver.offered.get(1).sequence();
    driver.events.add(sink -> sink.taken(SLOT, sequence));
    world.turn();
    world.nowNs += FAST_NS;
    answerLast();
    assertEquals(FAST_NS, second.call.invokeNs());
  }

  @Test
  void behindASlowOneItGoesElsewhere() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    Submitted third = world.submit();
    world.turn();
    long sequence = driver.offered.get(1).sequence();
    after(TimeUnit.MILLISECONDS.toNanos(1));
    assertEquals(List.of(sequence), driver.revoked);
    assertEquals(1, count(Counter.PREFETCH_REVOKED));
    assertEquals(2, driver.offered.size(), "nothing lies behind a slow one");
    // The wait has been as long as a cold start: another sandbox comes.
    after(TimeUnit.MILLISECONDS.toNanos(60));
    world.turn();
    assertNotEquals(SLOT, driver.slots.get(2));
    driver.answer(2);
    world.turn();
    assertEquals(1, second.told, "it has its place in the line");
    assertEquals(0, third.told);
    assertEquals(third.call.requestIdLow(), driver.offered.get(3).requestIdLow());
  }

  @Test
  void whenTheProcessDiesItIsPlacedAgain() {
    warm(110, FAST_NS);
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    driver.events.add(sink -> sink.exited(0, 9, 0));
    world.turn();
    assertTrue(first.call.functionError());
    assertEquals(0, second.told);
    assertEquals(3, driver.offered.size());
    driver.events.add(sink -> sink.ready(0, 1, 0, 1000));
    world.turn();
    answerLast();
    assertEquals(200, second.call.statusCode());
    assertEquals(1, count(Counter.EXITS));
  }

  @Test
  void whatWasSkippedBeforeTheProcessDiedIsPlacedAgain() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    world.turn();
    long sequence = driver.offered.get(1).sequence();
    driver.answer(0);
    driver.events.add(sink -> sink.skipped(SLOT, sequence));
    driver.events.add(sink -> sink.exited(0, 9, 0));
    world.turn();
    assertEquals(0, second.told);
    assertEquals(3, driver.offered.size());
    assertEquals(0, count(Counter.EXITS));
  }

  @Test
  void behindALastAnswerItHasNotBegun() {
    warm(110, FAST_NS);
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    long sequence = driver.offered.get(0).sequence();
    driver.events.add(sink -> sink.lastResponse(SLOT, sequence, false, 0, 0));
    world.turn();
    assertEquals(1, first.told);
    assertEquals(0, second.told);
    driver.events.add(sink -> sink.exited(0, 0, 0));
    world.turn();
    assertEquals(3, driver.offered.size());
  }

  @Test
  void whatIsCancelledThereIsTakenBack() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    world.turn();
    second.call.cancel();
    world.turn();
    assertEquals(499, second.call.statusCode());
    assertEquals(1, second.told);
    assertEquals(1, world.dispatcher.concurrency(HandTurned.OWNER));
  }

  @Test
  void whatIsCancelledTooLateRunsOnUnlessItWasSkipped() {
    warm(110, FAST_NS);
    driver.givesBack = false;
    world.submit();
    Submitted second = world.submit();
    world.turn();
    second.call.cancel();
    world.turn();
    assertEquals(0, second.told);
    long sequence = driver.offered.get(1).sequence();
    driver.answer(0);
    driver.events.add(sink -> sink.skipped(SLOT, sequence));
    world.turn();
    assertEquals(499, second.call.statusCode());
    Submitted third = world.submit();
    world.turn();
    answerLast();
    assertEquals(200, third.call.statusCode());
  }

  @Test
  void whereThereIsNoPlaceItWaits() {
    warm(110, FAST_NS);
    driver.placeBehind = false;
    world.submit();
    world.submit();
    world.turn();
    assertEquals(1, driver.offered.size());
    assertEquals(0, count(Counter.PREFETCHED));
    driver.placeBehind = true;
    world.submit();
    world.turn();
    assertEquals(1, driver.offered.size(), "it is not tried twice, and nobody passes it");
    driver.answer(0);
    world.turn();
    assertEquals(3, driver.offered.size());
    assertEquals(1, count(Counter.PREFETCHED));
  }

  @Test
  void whoAnsweredAsItsTimeRanOutIsNotTimedOut() {
    warm(110, FAST_NS);
    driver.givesBack = false;
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    world.nowNs += HandTurned.TIMEOUT_NS + TimeUnit.MILLISECONDS.toNanos(2);
    world.turn(); // what lies behind it has begun: the answer is on its way
    assertEquals(0, first.told);
    driver.answer(0);
    world.turn();
    assertEquals(200, first.call.statusCode());
    answerLast();
    assertEquals(200, second.call.statusCode());
  }

  @Test
  void aSandboxThatSaysThatItTookWhatItCannotHaveTakenIsTimedOutAllTheSame() {
    warm(110, FAST_NS);
    driver.givesBack = false;
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    after(HandTurned.TIMEOUT_NS + TimeUnit.MILLISECONDS.toNanos(2));
    after(TimeUnit.MILLISECONDS.toNanos(4));
    assertTrue(first.call.functionError());
    assertEquals(500, second.call.statusCode());
    assertEquals(1, second.told);
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
  }

  @Test
  void anAnswerOfWhatLiesBehindIsNoAnswer() {
    warm(110, FAST_NS);
    world.submit();
    Submitted second = world.submit();
    world.turn();
    answerLast();
    assertEquals(0, second.told);
    assertEquals(1, count(Counter.LATE_ANSWERS));
    driver.events.add(sink -> sink.failed(0, Fault.VIOLATION, "on purpose"));
    world.turn();
    assertEquals(0, second.told, "it has not begun");
  }

  @Test
  void whileAnotherVersionIsHungryASandboxMayComeToRest() {
    warm(110, FAST_NS);
    world.publish("g", 2);
    driver.onPrepare = id -> {};
    world.submit("g");
    world.submit("g");
    world.turn(); // two of three environments come; the third is f's
    assertEquals(3, driver.prepared);
    world.submit();
    world.submit("g");
    world.turn(); // the third call of g is hungry
    world.submit();
    world.turn();
    assertEquals(1, driver.offered.size());
    assertEquals(0, count(Counter.PREFETCHED));
  }

  @Test
  void atTheEndEachIsTold() {
    warm(110, FAST_NS);
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    world.dispatcher.end();
    assertEquals(1, first.told);
    assertEquals(1, second.told);
    assertEquals(500, second.call.statusCode());
    assertEquals(0, world.dispatcher.inFlight());
  }
}
