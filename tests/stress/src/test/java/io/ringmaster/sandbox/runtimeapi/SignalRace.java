package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import io.ringmaster.stress.SmallEvent;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A streamed answer ends while the dispatcher takes what came: r1 = bytes that it was told of, r2 =
 * answers.
 */
@JCStressTest
@Outcome(id = "64, 1", expect = Expect.ACCEPTABLE, desc = "All of it, once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Something is never told, or told twice.")
@State
public class SignalRace implements RuntimeApiSession.Events {
  private static final ByteBuf BYTES = Unpooled.wrappedBuffer(new byte[64]);

  private final Session session = new Session(null, 1, () -> {}, closed -> {});
  private final Slot slot = session.side().slots[0];
  private int bytes;
  private int answers;

  /** Its first part is on its way. */
  public SignalRace() {
    slot.fill(new SmallEvent(1, new ResponseBuffer()));
    slot.streaming = true;
    slot.pipe.append(BYTES.slice(0, 60), 60);
    slot.pipe.publish();
    session.arrived(slot);
  }

  /** The event loop. */
  @Actor
  public void loop() {
    slot.pipe.append(BYTES.slice(60, 4), 4);
    slot.pipe.publish();
    session.arrived(slot);
    slot.settle(Slot.Outcome.RESPONSE, null, null);
    session.arrived(slot);
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    session.poll(this, 1);
    session.poll(this, 2);
  }

  /** The dispatcher's next turn. */
  @Arbiter
  public void rest(II_Result result) {
    session.poll(this, 4);
    result.r1 = bytes;
    result.r2 = answers;
  }

  @Override
  public void ready() {}

  @Override
  public void initError(byte[] document) {}

  @Override
  public void chunk(int index, long sequence, int count) {
    bytes += count;
  }

  @Override
  public void answer(int index, long sequence, boolean functionError) {
    answers++;
  }
}
