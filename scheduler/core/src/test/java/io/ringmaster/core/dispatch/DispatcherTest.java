package io.ringmaster.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.dispatch.HandTurned.Submitted;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Slots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the simulator does not reach: the end, and drivers that never succeed. */
class DispatcherTest {
  private final HandTurned world = new HandTurned();

  @Test
  void closingIsSeenByADispatcherThatIsAboutToSleep() {
    world.turn();
    world.sleeper.whileFallingAsleep = world.dispatcher::beginClosing;
    world.dispatcher.sleep(Long.MAX_VALUE);
    assertFalse(world.sleeper.slept, "it would sleep until its next timer");
  }

  @Test
  void whatIsCancelledLeavesTheQueueAndGivesItsUnitBack() {
    Submitted first = world.submit();
    Submitted second = world.submit();
    Submitted third = world.submit();
    world.turn();
    assertEquals(3, world.dispatcher.concurrency(HandTurned.OWNER));
    second.call.cancel();
    second.call.cancel();
    assertTrue(world.dispatcher.anythingArrived());
    world.turn();
    assertEquals(1, second.told);
    assertEquals(Refusal.cancelled(), second.call.refusal());
    assertEquals(2, world.dispatcher.concurrency(HandTurned.OWNER));
    third.call.cancel();
    first.call.cancel();
    world.turn();
    assertEquals(1, first.told);
    assertEquals(1, third.told);
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
    assertFalse(world.dispatcher.anythingArrived());
  }

  @Test
  void whatIsCancelledInTheRingIsNotBegun() {
    Submitted submitted = world.submit();
    submitted.call.cancel();
    world.turn();
    assertEquals(499, submitted.call.statusCode());
    assertEquals(0, world.processes.prepared);
  }

  @Test
  void whatRunsIsNotCancelled() {
    world.processes.onPrepare = id -> world.processes.events.add(sink -> sink.ready(id, 1, 0, 0));
    Submitted submitted = world.submit();
    world.turn();
    world.turn();
    assertEquals(1, world.processes.offered.size());
    submitted.call.cancel();
    world.turn();
    assertEquals(0, submitted.told);
    world.processes.answer(0);
    world.turn();
    assertEquals(1, submitted.told);
    assertEquals(200, submitted.call.statusCode());
    submitted.call.cancel(); // it settled: nothing happens, to the next submit neither
    submitted.call.submit(submitted);
    world.turn();
    world.processes.answer(1);
    world.turn();
    assertEquals(2, submitted.told);
    assertEquals(200, submitted.call.statusCode());
  }

  @Test
  void noInvocationWaitsForABindingThatNeverSucceeds() {
    world.processes.onPrepare =
        id ->
            world.processes.events.add(sink -> sink.failed(id, Fault.PLATFORM, "lost, on purpose"));
    Submitted first = world.submit();
    Submitted second = world.submit();
    for (int i = 0; i < 50; i++) {
      world.nowNs += TimeUnit.MILLISECONDS.toNanos(1);
      world.turn();
    }
    assertEquals(1, first.told);
    assertEquals(1, second.told);
    assertEquals(500, first.call.statusCode());
    assertEquals("ServiceException", second.call.refusal().code());
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
    assertFalse(world.processes.hasEvents(), "nobody waits, nothing is bound");
  }

  @Test
  void whereNothingServesTheRuntimeNobodyWaits() {
    world.processes.onPrepare =
        id ->
            world.processes.events.add(
                sink -> sink.failed(id, Fault.NO_RUNTIME, "cobol1.0: install a mainframe"));
    Submitted first = world.submit();
    Submitted second = world.submit();
    world.turn();
    world.turn();
    for (Submitted each : List.of(first, second)) {
      assertEquals(1, each.told);
      assertEquals(
          new Refusal(
              502,
              "InvalidRuntimeException",
              "The runtime or runtime version specified is not supported. cobol1.0: install a"
                  + " mainframe",
              null),
          each.call.refusal());
    }
    assertEquals(0, world.dispatcher.concurrency(HandTurned.OWNER));
    assertFalse(world.processes.hasEvents(), "nobody waits, nothing is bound");
  }

  @Test
  void bindingsThatAreLostAtOnceCostNobodyTheAnswer() {
    List<Submitted> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      calls.add(world.submit());
    }
    world.turn();
    int lost = world.processes.prepared;
    for (int id = 0; id < lost; id++) {
      int sandbox = id;
      world.processes.events.add(sink -> sink.failed(sandbox, Fault.PLATFORM, "the keeper died"));
    }
    world.turn();
    assertTrue(lost >= 8, "bound " + lost);
    assertEquals(0, calls.stream().mapToInt(call -> call.told).sum());
    assertEquals(2 * lost, world.processes.prepared);
  }

  @Test
  void moreFailingVersionsThanPlacesAreAnsweredAllTheSame() {
    int exitOne = 1 << 8;
    world.processes.onPrepare =
        id -> world.processes.events.add(sink -> sink.exited(id, exitOne, 0));
    world.processes.onOffer =
        slot -> world.processes.events.add(sink -> sink.exited(Slots.sandbox(slot), exitOne, 0));
    List<Submitted> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      world.publish("broken-" + i, 100 + i);
      calls.add(world.submit("broken-" + i));
    }
    for (int turn = 0; turn < 200; turn++) {
      world.turn();
      world.nowNs += TimeUnit.MILLISECONDS.toNanos(25); // longer than versions wait politely
    }
    for (Submitted submitted : calls) {
      assertEquals(1, submitted.told);
      assertNull(submitted.call.refusal());
      assertTrue(submitted.call.functionError());
    }
  }

  @Test
  void theFirstThatRunsTooLongIsTheOneThatTimesOut() {
    Submitted quick = world.submit();
    Submitted stuck = world.submit();
    world.turn();
    int sandboxes = world.processes.prepared;
    world.processes.events.add(sink -> sink.ready(0, 4, 0, 1));
    world.turn();
    assertEquals(2, world.processes.offered.size(), "both in one of " + sandboxes);
    world.processes.answer(0);
    Submitted behind = world.submit(); // its timer takes the place of the answered one's
    world.turn();
    assertEquals(1, quick.told);
    assertEquals(3, world.processes.offered.size());
    world.nowNs += HandTurned.TIMEOUT_NS + TimeUnit.MILLISECONDS.toNanos(5);
    world.turn();
    assertEquals(1, stuck.told);
    String answer =
        new String(stuck.call.response(), 0, stuck.call.responseLength(), StandardCharsets.UTF_8);
    assertTrue(answer.contains("Sandbox.Timedout"), answer);
    assertEquals(0, behind.told, "it had not begun, and waits again");
  }

  /** A driver may read an event until its sandbox is reset, and a caller may reuse it when told. */
  @Test
  void nobodyIsToldBeforeItsSandboxIsReset() {
    Submitted slow = world.submit();
    world.turn();
    world.processes.events.add(sink -> sink.ready(0, 1, 0, 1));
    world.turn();
    assertEquals(1, world.processes.offered.size());
    world.processes.whenReset = () -> assertEquals(0, slow.told);
    world.nowNs += HandTurned.TIMEOUT_NS + TimeUnit.MILLISECONDS.toNanos(5);
    world.turn();
    assertEquals(List.of(Fault.TIMEOUT), world.processes.resets);
    assertEquals(1, slow.told);
  }

  @Test
  void nobodyIsToldOfTheEndBeforeItsSandboxIsReset() {
    Submitted slow = world.submit();
    world.turn();
    world.processes.events.add(sink -> sink.ready(0, 1, 0, 1));
    world.turn();
    world.processes.whenReset = () -> assertEquals(0, slow.told);
    world.dispatcher.end();
    assertEquals(List.of(Fault.ENGINE_CLOSING), world.processes.resets);
    assertEquals(1, slow.told);
  }

  @Test
  void aCallbackThatDoesNotKnowWhetherItBlocksStopsNobody() {
    Call call = world.dispatcher.newCall().function("unknown");
    InvocationCallback broken =
        new InvocationCallback() {
          @Override
          public void settled(Call settled) {}

          @Override
          public boolean nonBlocking() {
            throw new IllegalStateException("on purpose");
          }
        };
    assertThrows(IllegalStateException.class, () -> call.submit(broken));
    world.turn();
    Submitted next = new Submitted(call);
    call.submit(next);
    world.turn();
    assertEquals(404, call.statusCode());
  }

  @Test
  void whoSubmitsAgainWhenRefusedAtTheDoorDoesNotFillTheStack() {
    world.dispatcher.end();
    int[] told = {0};
    int times = 200_000;
    Call call = world.dispatcher.newCall().function("f");
    InvocationCallback again =
        settled -> {
          if (++told[0] < times) {
            settled.submit(
                new InvocationCallback() {
                  @Override
                  public void settled(Call refused) {
                    if (++told[0] < times) {
                      refused.submit(this);
                    }
                  }
                });
          }
        };
    call.submit(again);
    assertEquals(times, told[0]);
    assertEquals(500, call.statusCode());
  }

  @Test
  void aRefusedCallbackThatThrowsKeepsNobodyElseFromBeingTold() {
    world.dispatcher.end();
    Submitted other = new Submitted(world.dispatcher.newCall());
    Call call = world.dispatcher.newCall().function("f");
    assertThrows(
        IllegalStateException.class,
        () ->
            call.submit(
                settled -> {
                  other.call.function("f").submit(other);
                  throw new IllegalStateException("on purpose");
                }));
    assertEquals(1, other.told);
  }

  @Test
  void everyCallIsToldWhileTheDispatcherEnds() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      HandTurned ending = new HandTurned();
      AtomicInteger told = new AtomicInteger();
      AtomicInteger submitted = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int calls = 0; calls < 200; calls++) {
                        submitted.incrementAndGet();
                        Call call = ending.dispatcher.newCall().function("unknown");
                        call.submit(
                            new InvocationCallback() {
                              @Override
                              public void settled(Call settled) {
                                told.incrementAndGet();
                              }

                              @Override
                              public boolean nonBlocking() {
                                return true;
                              }
                            });
                      }
                    }));
      }
      ending.turn();
      ending.dispatcher.end();
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(submitted.get(), told.get());
      assertNull(ending.callbackFailures.stream().findFirst().orElse(null));
    }
  }
}
