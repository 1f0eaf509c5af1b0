package io.ringmaster.core.model;

import io.ringmaster.core.settle.CreditStack;
import io.ringmaster.stress.Awake;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Callers consume two streams while the dispatcher collects: r1 = what it collected in all. */
@JCStressTest
@Outcome(id = "1011", expect = Expect.ACCEPTABLE, desc = "All of it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Credit is lost or doubled, or a stream is twice there.")
@State
public class StreamCreditRace {
  private final CreditStack stack = new CreditStack(new Awake());
  private final StreamedResponse first = new StreamedResponse(null, stack, null);
  private final StreamedResponse second = new StreamedResponse(null, stack, null);
  private long collected;

  private void collect() {
    StreamedResponse stream = stack.takeAll();
    while (stream != null) {
      StreamedResponse following = stream.nextSignalled;
      collected += stream.takeConsumed();
      stream = following;
    }
  }

  /** The callers. */
  @Actor
  public void consumer() {
    first.consumed(1);
    second.consumed(1_000);
    first.consumed(10);
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    collect();
    collect();
  }

  /** The dispatcher's next turn. */
  @Arbiter
  public void rest(J_Result result) {
    collect();
    result.r1 = collected;
  }
}
