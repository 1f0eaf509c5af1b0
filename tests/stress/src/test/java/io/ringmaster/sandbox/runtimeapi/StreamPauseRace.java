package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A stream is paused while its caller gives credit: r1 = whether who gives it makes the loop read
 * on, r2 = whether the loop stays paused.
 */
@JCStressTest
@Outcome(
    id = {"1, 1", "0, 0", "1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "It reads on, by the one or the other.")
@Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "Paused for ever.")
@State
public class StreamPauseRace {
  private static final ByteBuf BYTES = Unpooled.wrappedBuffer(new byte[64]);

  private final Slot slot = new Slot(0, null);

  /** All of the window is under way. */
  public StreamPauseRace() {
    slot.windowBytes = 64;
    slot.streaming = true;
    slot.pipe.append(BYTES.duplicate(), 64);
  }

  /** The dispatcher. */
  @Actor
  public void credit(II_Result result) {
    result.r1 = slot.credit(64) ? 1 : 0;
  }

  /** The event loop, as a connection does when the window is used up. */
  @Actor
  public void pause(II_Result result) {
    slot.paused(true);
    result.r2 = slot.overdrawn() ? 1 : 0;
  }
}
