package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ringmaster.api.Call;
import io.ringmaster.ingress.loop.LoopTurn;
import java.util.ArrayDeque;

/**
 * What the ingress has at one event loop: its turn, calls and a buffer to use again. The loop's
 * thread.
 */
final class IngressLoop {
  private static final int CALLS_KEPT = 128;
  private static final int OUTGOING_KEPT = 4 * 1024;
  private static final byte[] NOTHING = {};

  private final Ingress ingress;
  private final LoopTurn turn;
  private final ArrayDeque<Call> calls = new ArrayDeque<>();

  /** That of the last small answer; referred to a second time while that waits for its socket. */
  private ByteBuf outgoing;

  IngressLoop(Ingress ingress, LoopTurn turn) {
    this.ingress = ingress;
    this.turn = turn;
  }

  /** Submits it before the loop next looks for input, or now. */
  void submit(Invoking invoking) {
    turn.submit(invoking, LoopTurn.SUBMITTED_TOGETHER_MAX);
  }

  /** The engine has an answer. Any thread; never waits. */
  void post(Invoking settled) {
    if (!turn.post(settled)) {
      ingress.count(Ingress.Counter.CONNECTIONS_FAILED);
    }
  }

  /** A call for one invocation. */
  Call takeCall() {
    Call kept = calls.poll();
    return kept == null ? ingress.engine().newCall() : kept;
  }

  /** Gives it back once nothing reads it any more. */
  void giveCall(Call call) {
    if (calls.size() < CALLS_KEPT) {
      call.attachment(null);
      call.payload(NOTHING, 0, 0);
      calls.push(call);
    }
  }

  /**
   * An empty buffer for an answer: nearly always the one that the answer before was written from.
   *
   * @param bytes that it is likely to take
   */
  ByteBuf outgoing(ByteBufAllocator memory, int bytes) {
    if (bytes > OUTGOING_KEPT) {
      return memory.directBuffer(bytes);
    }
    if (outgoing == null || outgoing.refCnt() > 1) {
      close();
      outgoing = memory.directBuffer(OUTGOING_KEPT);
    }
    return outgoing.clear().retain();
  }

  /** Nothing more is written by this. */
  void close() {
    if (outgoing != null) {
      outgoing.release();
      outgoing = null;
    }
  }
}
