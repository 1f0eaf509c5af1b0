package io.ringmaster.sandbox.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The engine takes back what lies behind a running invocation while the sandbox comes to it, as the
 * segment's words do it: r1 = it is the engine's again, r2 = it begins. Every order of the whole
 * protocol is in the simulation's model; this is the machine's.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Taken back, and skipped.")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Begun.")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "In doubt, until it is told as skipped.")
@Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "Taken back, and begun.")
@State
public class RevocationRace {
  private static final VarHandle REVOKED;
  private static final VarHandle TAKING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REVOKED = lookup.findVarHandle(RevocationRace.class, "revoked", long.class);
      TAKING = lookup.findVarHandle(RevocationRace.class, "taking", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private long revoked;

  @SuppressWarnings("unused")
  private long taking;

  /** The engine. */
  @Actor
  public void engine(II_Result result) {
    REVOKED.setOpaque(this, 1L);
    VarHandle.fullFence();
    result.r1 = (long) TAKING.getOpaque(this) < 1 ? 1 : 0;
  }

  /** The sandbox. */
  @Actor
  public void sandbox(II_Result result) {
    TAKING.setOpaque(this, 1L);
    VarHandle.fullFence();
    result.r2 = (long) REVOKED.getOpaque(this) == 1 ? 0 : 1;
  }
}
