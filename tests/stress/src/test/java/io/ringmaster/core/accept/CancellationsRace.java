package io.ringmaster.core.accept;

import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.stress.Awake;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A caller gives invocations up while the dispatcher, in a callback, gives one up too and collects:
 * r1 = what was collected, one digit for each of the three.
 */
@JCStressTest
@Outcome(id = "111", expect = Expect.ACCEPTABLE, desc = "Each of them once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One is lost, or collected twice.")
@State
public class CancellationsRace {
  private static final PendingInvocation FIRST = new PendingInvocation(each -> {});
  private static final PendingInvocation SECOND = new PendingInvocation(each -> {});
  private static final PendingInvocation OWN = new PendingInvocation(each -> {});

  private final Cancellations cancellations = new Cancellations(new Awake());
  private int collected;

  private void collect() {
    Cancellations.Entry entry = cancellations.takeAll();
    while (entry != null) {
      collected += entry.invocation() == FIRST ? 1 : entry.invocation() == SECOND ? 10 : 100;
      entry = entry.below();
    }
  }

  /** The caller. */
  @Actor
  public void caller() {
    cancellations.push(FIRST);
    cancellations.push(SECOND);
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    collect();
    cancellations.push(OWN);
    collect();
  }

  /** The dispatcher's next turn, where it finds that there is something. */
  @Arbiter
  public void rest(I_Result result) {
    if (!cancellations.isEmpty()) {
      collect();
    }
    result.r1 = collected;
  }
}
