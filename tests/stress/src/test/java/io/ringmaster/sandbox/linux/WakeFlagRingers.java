package io.ringmaster.sandbox.linux;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Of two publishers one rings for a sleeper. */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "One rings.")
@Outcome(expect = Expect.FORBIDDEN, desc = "None rings, or both do.")
@State
public class WakeFlagRingers {
  private final WakeFlag flag = new WakeFlag();

  /** The sleeper sleeps. */
  public WakeFlagRingers() {
    flag.arm();
  }

  /** Publishes. */
  @Actor
  public void one(II_Result result) {
    result.r1 = flag.take() ? 1 : 0;
  }

  /** Publishes too. */
  @Actor
  public void other(II_Result result) {
    result.r2 = flag.take() ? 1 : 0;
  }
}
