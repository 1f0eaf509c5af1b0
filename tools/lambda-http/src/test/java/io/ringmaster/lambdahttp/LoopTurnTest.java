package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.ingress.loop.EventLoops;
import io.ringmaster.ingress.loop.LoopExchange;
import io.ringmaster.ingress.loop.LoopTurn;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What one exchange throws is no other's, nor the loop's. */
class LoopTurnTest {
  /** Tells when it was called. */
  private static class Told extends LoopExchange {
    final CountDownLatch submitted = new CountDownLatch(1);
    final CountDownLatch told = new CountDownLatch(1);

    @Override
    protected boolean submitNow() {
      submitted.countDown();
      return false;
    }

    @Override
    protected void proceed() {
      told.countDown();
    }

    @Override
    protected void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  /** Throws whatever is done with it. */
  private static final class Bad extends Told {
    @Override
    protected boolean submitNow() {
      throw new AssertionError("on purpose");
    }

    @Override
    protected void proceed() {
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void theOthersAreToldAndTheLoopGoesOn() throws Exception {
    try (EventLoops loops = EventLoops.start("thrown", 1)) {
      List<Told> all = List.of(new Told(), new Bad(), new Told(), new Bad(), new Told());
      loops.onEachNow(
          loop -> {
            LoopTurn turn = loops.current();
            all.forEach(turn::post);
            all.forEach(each -> turn.submit(each, LoopTurn.SUBMITTED_TOGETHER_MAX));
          });
      for (Told each : all) {
        if (!(each instanceof Bad)) {
          assertTrue(each.told.await(20, TimeUnit.SECONDS));
          assertTrue(each.submitted.await(20, TimeUnit.SECONDS));
        }
      }
      Thread[] again = new Thread[2];
      loops.onEachNow(loop -> again[0] = Thread.currentThread());
      loops.onEachNow(loop -> again[1] = Thread.currentThread());
      assertTrue(again[0].isAlive());
      assertEquals(again[0], again[1]);
    }
  }
}
