package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Bytes go through the pipe, over the end of a segment, while they are drained: r1 = how many. */
@JCStressTest
@Outcome(id = "4100", expect = Expect.ACCEPTABLE, desc = "All of them, as they were written.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Bytes are missing, doubled, or not as written (-1).")
@State
public class AnswerPipeRace {
  private static final byte[] WRITTEN = new byte[4_100];

  static {
    for (int i = 0; i < WRITTEN.length; i++) {
      WRITTEN[i] = (byte) (i % 251 + 1);
    }
  }

  private static final ByteBuf BYTES = Unpooled.wrappedBuffer(WRITTEN);

  private final AnswerPipe pipe = new AnswerPipe();
  private final ResponseBuffer answer = new ResponseBuffer();

  /** Most of the first segment is used. */
  public AnswerPipeRace() {
    pipe.append(BYTES.slice(0, 4_092), 4_092);
  }

  /** The event loop. */
  @Actor
  public void append() {
    pipe.publish();
    pipe.append(BYTES.slice(4_092, 5), 5);
    pipe.publish();
    pipe.append(BYTES.slice(4_097, 3), 3);
    pipe.publish();
  }

  /** The dispatcher. */
  @Actor
  public void drain() {
    pipe.drainTo(answer);
    pipe.drainTo(answer);
  }

  /** The dispatcher's last turn. */
  @Arbiter
  public void rest(I_Result result) {
    pipe.drainTo(answer);
    result.r1 = answer.length();
    for (int i = 0; i < Math.min(answer.length(), WRITTEN.length); i++) {
      if (answer.array()[i] != WRITTEN[i]) {
        result.r1 = -1;
      }
    }
  }
}
