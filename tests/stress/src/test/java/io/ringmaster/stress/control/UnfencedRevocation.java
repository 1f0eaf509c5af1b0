package io.ringmaster.stress.control;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What a revocation without fences is: found wrong, or the machine finds nothing. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "Taken back, and begun.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "Taken back, begun, or in doubt.")
@State
public class UnfencedRevocation {
  private int revoked;
  private int taking;

  /** The engine. */
  @Actor
  public void engine(II_Result result) {
    revoked = 1;
    result.r1 = taking < 1 ? 1 : 0;
  }

  /** The sandbox. */
  @Actor
  public void sandbox(II_Result result) {
    taking = 1;
    result.r2 = revoked == 1 ? 0 : 1;
  }
}
