package io.ringmaster.engine.injvm;

import io.ringmaster.api.InJvmHandler.InJvmEvent;
import io.ringmaster.api.InJvmHandler.InJvmResponse;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** One place for one invocation of a handler: what it reads and where it writes. */
final class HandlerSlot implements InJvmEvent, InJvmResponse {
  static final int FREE = 0;
  static final int QUEUED = 1;
  static final int RUNNING = 2;
  static final int REVOKED = 3;

  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(HandlerSlot.class, "phase", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final HandlerThread thread;
  final int slot;

  // Written by the dispatcher while the slot is free.
  Invocation invocation;
  long sequence;
  private byte[] bytes;
  private int offset;
  private int length;
  private long requestIdHigh;
  private long requestIdLow;
  private byte[] invokedArn;
  private long deadlineEpochMs;
  int windowBytes;

  // Written by the handler's thread.
  final ResponseBuffer answer = new ResponseBuffer();
  private HandlerOutput output;
  boolean functionError;
  long logMark;

  /** Who may take the slot: compare-and-set by both. */
  @SuppressWarnings("unused")
  private int phase;

  HandlerSlot(HandlerThread thread, int slot) {
    this.thread = thread;
    this.slot = slot;
  }

  /** Fills the slot. Dispatcher. */
  void fill(Invocation from) {
    invocation = from;
    sequence = from.sequence();
    bytes = from.payload();
    offset = from.payloadOffset();
    length = from.payloadLength();
    requestIdHigh = from.requestIdHigh();
    requestIdLow = from.requestIdLow();
    invokedArn = from.invokedFunctionArn();
    deadlineEpochMs = from.deadlineEpochMs();
    windowBytes = from.windowBytes();
    if (output != null) {
      output.reset();
    }
    PHASE.setRelease(this, QUEUED);
  }

  /** Takes an invocation back that was not begun. Dispatcher. */
  boolean revoke() {
    return PHASE.compareAndSet(this, QUEUED, REVOKED);
  }

  /** Whether an invocation is in it. Dispatcher. */
  boolean occupied() {
    return invocation != null;
  }

  /** Frees the slot. Dispatcher. */
  void free() {
    invocation = null;
    PHASE.setRelease(this, FREE);
  }

  /** Begins, unless it was revoked. Handler's thread. */
  boolean begin() {
    if (!PHASE.compareAndSet(this, QUEUED, RUNNING)) {
      return false;
    }
    answer.clear();
    functionError = false;
    return true;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int offset() {
    return offset;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public String text() {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public String requestId() {
    return new UUID(requestIdHigh, requestIdLow).toString();
  }

  @Override
  public String invokedFunctionArn() {
    return new String(invokedArn, StandardCharsets.UTF_8);
  }

  @Override
  public long remainingTimeMs() {
    return Math.max(0, deadlineEpochMs - System.currentTimeMillis());
  }

  @Override
  public void log(String line) {
    thread.log(line);
  }

  @Override
  public void write(byte[] from, int start, int count) {
    answer.append(from, start, count);
  }

  @Override
  public void write(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    answer.append(encoded, 0, encoded.length);
  }

  @Override
  public void endChunk() {
    answer.endChunk();
  }

  @Override
  public HandlerOutput stream() {
    if (thread.nonBlocking()) {
      throw new IllegalStateException("a handler that does not block cannot stream");
    }
    if (output == null) {
      output = new HandlerOutput(this);
      output.reset();
    }
    return output.open();
  }

  /** Whether the handler streams its answer. Handler's thread. */
  boolean streams() {
    return output != null && output.isUsed();
  }

  /** The caller consumed something of a streamed answer. Dispatcher. */
  void credit(int bytes) {
    output.credit(bytes);
  }
}
