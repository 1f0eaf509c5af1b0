package io.ringmaster.engine.injvm;

import io.ringmaster.stress.SmallEvent;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The dispatcher takes an invocation back while its handler's thread begins it: r1 = taken back, r2
 * = the length of the event that the handler has; -1: it did not begin.
 */
@JCStressTest
@Outcome(id = "1, -1", expect = Expect.ACCEPTABLE, desc = "Taken back.")
@Outcome(id = "0, 7", expect = Expect.ACCEPTABLE, desc = "Begun, with its event.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both, neither, or begun without its event.")
@State
public class RevokeRace {
  private final HandlerSlot slot = new HandlerSlot(null, 0);

  /** The dispatcher offered an invocation. */
  public RevokeRace() {
    slot.fill(new SmallEvent(1, null));
  }

  /** The dispatcher. */
  @Actor
  public void revoke(II_Result result) {
    result.r1 = slot.revoke() ? 1 : 0;
  }

  /** The handler's thread. */
  @Actor
  public void begin(II_Result result) {
    result.r2 = slot.begin() ? slot.length() : -1;
  }
}
