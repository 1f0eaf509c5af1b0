package io.ringmaster.core.model;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The dispatcher gives a call back while its caller looks whether it may use it again: r1 = what
 * the caller reads of the answer; −1: the call is in flight.
 */
@JCStressTest
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "In flight.")
@Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "Given back, with its answer.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Given back before its answer was written.")
@State
public class ReleaseRace {
  private final PendingInvocation invocation = new PendingInvocation(each -> {});

  /** It was handed in. */
  public ReleaseRace() {
    invocation.function("f");
    invocation.submit(settled -> {});
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    invocation.billedMs = 7;
    invocation.release();
  }

  /** The caller, who does not wait for the callback. */
  @Actor
  public void caller(I_Result result) {
    try {
      invocation.attachment(null);
      result.r1 = (int) invocation.billedMs();
    } catch (IllegalStateException inFlight) {
      result.r1 = -1;
    }
  }
}
