package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.core.dispatch.StreamLimits;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.simulation.FaultMix.Faults;

/**
 * Keeps books about streamed answers (what the driver told, what the caller got, consumed and was
 * credited for) and plays their callers: some read at once, some late, some never, some go.
 */
final class StreamJudge {
  private static final long MILLISECOND_NS = 1_000_000;

  private final Referee referee;
  private final VirtualClock clock;
  private final SeededRandom random;
  private final Faults faults;
  private final StreamLimits limits;

  StreamJudge(
      Referee referee,
      VirtualClock clock,
      SeededRandom random,
      Faults faults,
      StreamLimits limits) {
    this.referee = referee;
    this.clock = clock;
    this.random = random;
    this.faults = faults;
    this.limits = limits;
  }

  // ---- the driver ----

  /** It is handed over. */
  void offered(SimulatedCall call, Invocation invocation) {
    if (call.mustNotBegin()) {
      referee.violation(call + " was handed over although its caller had given it up");
    }
    int right = call.streaming ? limits.windowBytes() : Integer.MAX_VALUE;
    if (invocation.windowBytes() != right) {
      referee.violation(call + " has a window of " + invocation.windowBytes() + " bytes");
    }
  }

  /** Whether the function has to wait with its next write. */
  boolean windowFull(SimulatedCall call) {
    return call.streaming && call.chunkBytes - call.creditedBytes >= limits.windowBytes();
  }

  /** The dispatcher gives room back for a call; null: nothing runs there. */
  void credited(SimulatedCall call, int bytes) {
    if (call == null || !call.streaming) {
      referee.violation("credit of " + bytes + " bytes for " + call + ", which has no stream");
    } else if (bytes <= 0 || bytes > owed(call)) {
      referee.violation(
          call + " has a credit of " + bytes + " bytes; it was owed " + owed(call) + " bytes");
    } else {
      call.creditedBytes += bytes;
    }
  }

  /** What is to be credited: bytes that were consumed, or that nobody will. */
  private long owed(SimulatedCall call) {
    long dropped = Math.max(0, call.chunkBytes - limits.responseBytesMax());
    long done = call.cancelled ? call.chunkBytes : call.consumedBytes + dropped;
    return Math.min(done, call.chunkBytes) - call.creditedBytes;
  }

  // ---- the caller ----

  /** The caller gets a part. */
  void part(SimulatedCall call, ResponseFlow flow, byte[] part) {
    if (call.number < 0 || referee.byNumber(call.number) != call) {
      referee.violation("a part of " + part.length + " bytes came after the terminal answer");
      return;
    }
    if (call.cancelled || !call.streaming || part.length == 0) {
      referee.violation(call + " got a part of " + part.length + " bytes that it did not want");
    }
    int wrong = AnswerWriter.firstWrong(call.number, call.receivedBytes, part, part.length);
    if (wrong >= 0) {
      referee.violation(
          call
              + " got wrong bytes from byte "
              + (call.receivedBytes + wrong)
              + " of its stream on");
    }
    call.receivedBytes += part.length;
    call.flow = flow;
    if (call.staleFlow != null && random.chance(0.3)) {
      call.staleFlow.consumed(random.between(0, 50));
    }
    double draw = random.nextDouble();
    if (draw < 0.6) {
      consume(call, part.length);
    } else if (draw < 0.92) {
      long delayNs = random.between(0L, 3 * MILLISECOND_NS);
      clock.plan(delayNs, Occurrence.Kind.CONSUME, null, part.length, 0, call.number);
    } else if (draw < 0.97) {
      call.cancelled = true;
      flow.cancel();
    } else if (faults.hang == 0) {
      consume(call, part.length);
    }
  }

  /** A caller is done with bytes it got earlier; true: the dispatcher has something to do. */
  boolean consumeLate(Occurrence due) {
    SimulatedCall call = referee.byNumber(due.sequence);
    if (call == null) {
      return false;
    }
    consume(call, (int) due.process);
    return call.running && owed(call) > 0;
  }

  private static void consume(SimulatedCall call, int bytes) {
    call.consumedBytes += bytes;
    call.flow.consumed(bytes);
  }

  // ---- what must hold ----

  /** The dispatcher sleeps, and this call runs. */
  void atRest(SimulatedCall call) {
    if (!call.streaming) {
      return;
    }
    if (owed(call) != 0) {
      referee.violation(call + " is owed a credit of " + owed(call) + " bytes");
    }
    long passed = Math.min(call.chunkBytes, limits.responseBytesMax());
    if (!call.cancelled && call.receivedBytes != passed) {
      referee.violation(call + " got " + call.receivedBytes + " of " + passed + " bytes");
    }
  }

  /** Whether its answer had to be cut off. */
  boolean tooLong(SimulatedCall call) {
    return call.streaming && call.toldBytes > limits.responseBytesMax();
  }

  /** Every part of the answer came, and before this. */
  void judge(SimulatedCall call, Call answer) {
    long told = call.streaming ? Math.min(call.toldBytes, limits.responseBytesMax()) : 0;
    if (call.receivedBytes > told || call.receivedBytes < told && !call.cancelled) {
      referee.violation(
          call + " got " + call.receivedBytes + " bytes of its stream; " + told + " were told");
    }
    if (answer.statusCode() == 200
        && !answer.functionError()
        && !java.util.Objects.equals(answer.contentType(), call.toldType)) {
      referee.violation(call + " has the type " + answer.contentType() + ", not " + call.toldType);
    }
  }
}
