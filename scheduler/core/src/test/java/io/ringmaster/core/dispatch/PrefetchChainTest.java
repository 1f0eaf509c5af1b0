package io.ringmaster.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.dispatch.HandTurned.ScriptedDriver;
import io.ringmaster.core.dispatch.HandTurned.Submitted;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several invocations behind one that runs: how many, in which order, and how they come back. */
class PrefetchChainTest {
  private static final long QUICK_NS = 10_000;
  private static final long OVERDUE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SLOT = Slots.slot(0, 0);

  private final HandTurned world = new HandTurned(StreamLimits.DEFAULT, 3);
  private final ScriptedDriver driver = world.processes;

  PrefetchChainTest() {
    driver.depth = 6;
    driver.onPrepare = id -> driver.events.add(sink -> sink.ready(id, 1, 25_000_000L, 25_000_000L));
  }

  /** A hundred invocations and ten that took so long, one at a time; then nothing runs. */
  private void warm(long eachNs) {
    for (int i = 0; i < 110; i++) {
      Submitted submitted = world.submit();
      world.turn();
      world.turn();
      world.nowNs += eachNs;
      answer(driver.offered.size() - 1);
      assertEquals(1, submitted.told);
    }
    driver.offered.clear();
    driver.slots.clear();
  }

  private void answer(int index) {
    driver.answer(index);
    world.turn();
  }

  private List<Submitted> submit(int count) {
    List<Submitted> submitted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      submitted.add(world.submit());
    }
    world.turn();
    return submitted;
  }

  private long sequence(int index) {
    return driver.offered.get(index).sequence();
  }

  /** Request ids of what was offered from a place on, against those of calls. */
  private void assertOffered(int from, List<Submitted> calls) {
    assertEquals(
        calls.stream().map(each -> each.call.requestIdLow()).toList(),
        driver.offered.stream().skip(from).map(each -> each.requestIdLow()).toList());
  }

  /** What lay behind another one does so no more: each waits for the answer of the one before. */
  private void assertOneAfterAnother(int from, List<Submitted> calls) {
    for (int i = 0; i < calls.size(); i++) {
      assertOffered(from, calls.subList(0, i + 1));
      answer(from + i);
      assertEquals(200, calls.get(i).call.statusCode());
    }
  }

  private long count(Counter counter) {
    return world.counters.get(counter);
  }

  @Test
  void asManyLieBehindAQuickOneAsItsSandboxTakes() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(9);
    assertOffered(0, calls.subList(0, 7));
    assertEquals(6, count(Counter.PREFETCHED));
    for (int i = 0; i < 9; i++) {
      answer(i);
      assertEquals(200, calls.get(i).call.statusCode());
      assertOffered(0, calls.subList(0, Math.min(9, 8 + i)));
    }
    assertEquals(List.of(), driver.revoked);
    assertEquals(1, driver.prepared);
  }

  @Test
  void noMoreThanAreOverInTheTimeOfAWake() {
    warm(40_000);
    submit(5);
    assertEquals(3, driver.offered.size());
  }

  @Test
  void aQuickOneGoesBehindAnotherRatherThanToAnIdleSandbox() {
    warm(QUICK_NS);
    warmSecond(QUICK_NS);
    warm(QUICK_NS);
    submit(3);
    assertEquals(3, driver.slots.size());
    assertEquals(1, driver.slots.stream().distinct().count());
  }

  @Test
  void anotherOneGoesToTheIdleSandbox() {
    warm(150_000);
    warmSecond(150_000);
    warm(150_000);
    submit(2);
    assertEquals(2, driver.slots.stream().distinct().count());
  }

  /** What waits behind a slow one gets a second sandbox. */
  private void warmSecond(long eachNs) {
    submit(2);
    world.nowNs += TimeUnit.MILLISECONDS.toNanos(100);
    for (int i = 0; i < 4; i++) {
      world.turn();
    }
    int last = driver.offered.size() - 1;
    assertTrue(driver.slots.get(last) != SLOT, "there is a second one");
    answer(0);
    answer(last);
    driver.revoked.clear();
    for (int i = 0; i < 300; i++) { // it is a quick version all the same
      world.submit();
      world.turn();
      world.nowNs += eachNs;
      answer(driver.offered.size() - 1);
    }
  }

  @Test
  void behindASlowOneAllGoBackToTheirPlaces() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(5);
    calls.addAll(submit(1));
    List<Long> behind = List.of(sequence(1), sequence(2), sequence(3), sequence(4), sequence(5));
    world.nowNs += OVERDUE_NS;
    world.turn();
    assertEquals(behind, driver.revoked);
    assertEquals(5, count(Counter.PREFETCH_REVOKED));
    assertEquals(6, driver.offered.size());
    answer(0);
    assertOneAfterAnother(6, calls.subList(1, 6));
  }

  @Test
  void whatHasLainThereForTooLongGoesBackThoughOthersWereAnswered() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    world.nowNs += OVERDUE_NS - 1;
    answer(0);
    assertEquals(List.of(), driver.revoked);
    world.nowNs += 1;
    world.turn();
    assertEquals(List.of(sequence(2), sequence(3)), driver.revoked);
    answer(1);
    assertOneAfterAnother(4, calls.subList(2, 4));
  }

  @Test
  void nothingMoreGoesBehindOneThatTakesLongerThanAWake() {
    warm(QUICK_NS);
    submit(2);
    world.nowNs += 150_000;
    world.turn();
    submit(1);
    assertEquals(2, driver.offered.size());
  }

  @Test
  void whatHadBegunWhenItsAnswerWasLostIsNotRunAgain() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    long begun = sequence(1);
    driver.events.add(sink -> sink.taken(SLOT, begun));
    driver.events.add(sink -> sink.failed(0, Fault.PLATFORM, "on purpose"));
    world.turn();
    world.turn();
    assertEquals(500, calls.get(0).call.statusCode());
    assertEquals(500, calls.get(1).call.statusCode());
    assertEquals(0, calls.get(2).told);
    assertOneAfterAnother(4, calls.subList(2, 4));
  }

  @Test
  void whatHadBegunIsNotRunAgainThoughTheOneBeforeItWasSkipped() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    answer(0);
    long first = sequence(1);
    long begun = sequence(2);
    driver.events.add(sink -> sink.taken(SLOT, begun));
    driver.events.add(sink -> sink.skipped(SLOT, first));
    driver.events.add(sink -> sink.failed(0, Fault.PLATFORM, "on purpose"));
    world.turn();
    world.turn();
    assertEquals(500, calls.get(2).call.statusCode());
    assertOneAfterAnother(4, List.of(calls.get(1), calls.get(3)));
  }

  /** Output that comes then is that of the one that runs, which is recorded. */
  @Test
  void whenTheOthersWentBackNothingIsAheadOfTheRecords() {
    warm(QUICK_NS);
    submit(3);
    Sandbox sandbox = world.dispatcher.sandboxes().get(0);
    assertTrue(sandbox.aheadAcquire());
    answer(0);
    assertTrue(sandbox.aheadAcquire());
    world.nowNs += OVERDUE_NS;
    world.turn();
    assertEquals(List.of(sequence(2)), driver.revoked);
    assertFalse(sandbox.aheadAcquire());
  }

  @Test
  void oneInTheMiddleIsCancelledAndTheOthersStay() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    calls.get(2).call.cancel();
    world.turn();
    assertEquals(499, calls.get(2).call.statusCode());
    assertEquals(List.of(sequence(2)), driver.revoked);
    answer(0);
    answer(1);
    answer(3);
    for (int i : new int[] {0, 1, 3}) {
      assertEquals(200, calls.get(i).call.statusCode());
    }
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
  }

  @Test
  void whatWasCancelledTooLateIsSkippedAndTheNextGoesOn() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    driver.begun.add(sequence(1));
    calls.get(1).call.cancel();
    world.turn();
    assertEquals(0, calls.get(1).told);
    long skipped = sequence(1);
    driver.answer(0);
    driver.events.add(sink -> sink.skipped(SLOT, skipped));
    world.turn();
    assertEquals(499, calls.get(1).call.statusCode());
    answer(2);
    answer(3);
    assertEquals(200, calls.get(2).call.statusCode());
    assertEquals(200, calls.get(3).call.statusCode());
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
  }

  @Test
  void behindOneInDoubtThatIsSlowTheOthersAreAskedBackToo() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(3);
    driver.begun.add(sequence(1));
    calls.get(1).call.cancel();
    world.turn();
    answer(0); // the second is the first now, and may run
    world.nowNs += OVERDUE_NS;
    world.turn();
    assertEquals(List.of(sequence(1), sequence(2)), driver.revoked);
    answer(1);
    assertEquals(200, calls.get(1).call.statusCode());
    assertOffered(3, calls.subList(2, 3));
  }

  @Test
  void whenTheProcessDiesAllArePlacedAgain() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    driver.events.add(sink -> sink.exited(0, 9, 0));
    world.turn();
    driver.events.add(sink -> sink.ready(0, 1, 0, 1000));
    world.turn();
    assertTrue(calls.get(0).call.functionError());
    assertOneAfterAnother(4, calls.subList(1, 4));
  }

  @Test
  void behindALastAnswerNoneHasBegun() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    long last = sequence(0);
    driver.events.add(sink -> sink.lastResponse(SLOT, last, false, 0, 0));
    driver.events.add(sink -> sink.exited(0, 0, 0));
    world.turn();
    driver.events.add(sink -> sink.ready(0, 1, 0, 1000));
    world.turn();
    assertEquals(200, calls.get(0).call.statusCode());
    assertOneAfterAnother(4, calls.subList(1, 4));
  }

  @Test
  void atTheEndEachIsTold() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(6);
    world.dispatcher.end();
    for (Submitted each : calls) {
      assertEquals(1, each.told);
      assertEquals(500, each.call.statusCode());
    }
    assertEquals(0, world.dispatcher.inFlight());
  }

  @Test
  void whatTimesOutTakesNoneWithIt() {
    warm(QUICK_NS);
    List<Submitted> calls = submit(4);
    world.nowNs += HandTurned.TIMEOUT_NS + TimeUnit.MILLISECONDS.toNanos(2);
    world.turn();
    assertTrue(calls.get(0).call.functionError());
    for (Submitted each : calls.subList(1, 4)) {
      assertEquals(0, each.told);
    }
    assertEquals(3, driver.revoked.size());
  }
}
