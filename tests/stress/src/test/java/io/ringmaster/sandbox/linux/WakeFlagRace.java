package io.ringmaster.sandbox.linux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A publisher and a sleeper that goes to sleep: r1 = whether the publisher rings, r2 = what the
 * sleeper saw in its last look.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The sleeper sleeps and is rung for.")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "It sees what came and does not sleep.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Both: its next sleep ends early.")
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "It sleeps, and nobody rings.")
@State
public class WakeFlagRace {
  private final WakeFlag flag = new WakeFlag();
  private int published;

  /** Publishes. */
  @Actor
  public void publisher(II_Result result) {
    published = 1;
    result.r1 = flag.take() ? 1 : 0;
  }

  /** Looks once more and sleeps. */
  @Actor
  public void sleeper(II_Result result) {
    flag.arm();
    result.r2 = published;
  }
}
