package io.ringmaster.stress;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;

/** An invocation with a small event. */
public final class SmallEvent implements Invocation {
  private final long sequence;
  private final byte[] payload;
  private final ResponseBuffer answer;

  /**
   * With an event of seven bytes.
   *
   * @param answer where its answer goes; may be null where none is given
   */
  public SmallEvent(long sequence, ResponseBuffer answer) {
    this(sequence, new byte[7], answer);
  }

  /**
   * With that event.
   *
   * @param answer where its answer goes
   */
  public SmallEvent(long sequence, byte[] event, ResponseBuffer answer) {
    this.sequence = sequence;
    payload = event;
    this.answer = answer;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public long requestIdHigh() {
    return 0;
  }

  @Override
  public long requestIdLow() {
    return 0;
  }

  @Override
  public long deadlineEpochMs() {
    return 0;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public int payloadOffset() {
    return 0;
  }

  @Override
  public int payloadLength() {
    return payload.length;
  }

  @Override
  public byte[] invokedFunctionArn() {
    return new byte[0];
  }

  @Override
  public ResponseBuffer responseBuffer() {
    return answer;
  }
}
