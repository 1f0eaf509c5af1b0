package io.ringmaster.stress.control;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a wake-up without fences is: found wrong, or the machine finds nothing. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "It sleeps, and nobody rings.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "Woken, or awake.")
@State
public class UnfencedFlag {
  private int waiting;
  private int published;

  /** Publishes. */
  @Actor
  public void publisher(II_Result result) {
    published = 1;
    result.r1 = waiting;
  }

  /** Looks once more and sleeps. */
  @Actor
  public void sleeper(II_Result result) {
    waiting = 1;
    result.r2 = published;
  }
}
