package io.ringmaster.core.model;

import io.ringmaster.api.Call;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The dispatcher adds parts while earlier ones are told: r1 = the parts as they were told, a digit
 * each.
 */
@JCStressTest
@Outcome(id = "123", expect = Expect.ACCEPTABLE, desc = "All of them, in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A part is lost, doubled, or out of order.")
@State
public class StreamPartsRace implements StreamingCallback {
  private final StreamedResponse stream = new StreamedResponse(this, each -> {}, null);
  private int told;
  private boolean toBeTold;

  /** One part is there, and somebody is about to tell it. */
  public StreamPartsRace() {
    stream.add(new byte[] {1});
  }

  @Override
  public void part(ResponseFlow flow, byte[] part) {
    told = 10 * told + part[0];
  }

  @Override
  public void settled(Call call) {}

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    toBeTold = stream.add(new byte[] {2});
    toBeTold |= stream.add(new byte[] {3});
  }

  /** Who tells. */
  @Actor
  public void teller() {
    stream.tell();
  }

  /** Who tells again, if the dispatcher was told that this is needed. */
  @Arbiter
  public void rest(I_Result result) {
    if (toBeTold) {
      stream.tell();
    }
    result.r1 = told;
  }
}
