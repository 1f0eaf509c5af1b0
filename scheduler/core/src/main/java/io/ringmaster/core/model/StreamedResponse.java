package io.ringmaster.core.model;

import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One streamed answer: the parts on their way to the caller, and the room on its way back.
 *
 * <p>Parts: the dispatcher appends to {@link #parts} and has the stream told; whoever tells takes
 * them out. There are never more bytes in it than the window and one part. The terminal answer's
 * teller empties it first, so no part comes after it, whatever ways both went.
 *
 * <p>Room: any thread adds to {@link #consumed} or sets {@link #cancelled}, and puts the stream
 * into the dispatcher's stack of such streams unless it is in there. The dispatcher clears {@link
 * #signalled} before it reads the two; {@link #signal} sets it after it wrote them: so nothing
 * stays unseen. A stream is in the stack once at most, which bounds it.
 */
public final class StreamedResponse extends Timed implements ResponseFlow {
  private final StreamingCallback callback;
  private final Consumer<StreamedResponse> creditDoor;

  // Written by the dispatcher.
  /** The invocation that it answers; null before it was admitted and after it settled. */
  public PendingInvocation invocation;

  /** Bytes that the driver told. */
  public long toldBytes;

  /** Told, and not credited. */
  public long outstandingBytes;

  /** Consumed by the caller, and not credited. */
  public long owedBytes;

  /** When the first part came. */
  public long beganNs;

  private boolean begun;
  private String contentType;
  private String executedVersion;
  private long requestIdHigh;
  private long requestIdLow;

  // Between dispatcher and teller.
  private final ConcurrentLinkedQueue<byte[]> parts = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  // Between callers and dispatcher.
  private final AtomicLong consumed = new AtomicLong();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile boolean cancelled;

  /** Link of the stack of signalled streams. Written by who set {@link #signalled}. */
  public StreamedResponse nextSignalled;

  StreamedResponse(
      StreamingCallback callback,
      Consumer<StreamedResponse> creditDoor,
      PendingInvocation invocation) {
    this.callback = callback;
    this.creditDoor = creditDoor;
    this.invocation = invocation;
  }

  // ---- dispatcher: parts ----

  /** What the caller may ask for from its first part on. */
  public void begin(String type, long nowNs) {
    if (!begun) {
      begun = true;
      beganNs = nowNs;
      contentType = type;
      executedVersion = invocation.executedVersion;
      requestIdHigh = invocation.requestIdHigh;
      requestIdLow = invocation.requestIdLow;
    }
  }

  /** Appends a part. True: nobody is about to tell it yet. */
  public boolean add(byte[] part) {
    parts.add(part);
    return !scheduled.getAndSet(true);
  }

  // ---- dispatcher: room ----

  /** Takes what was consumed since the last call; after {@link #nextSignalled} was read. */
  public long takeConsumed() {
    signalled.set(false);
    return consumed.getAndSet(0);
  }

  /** So many bytes were told that nobody will consume. */
  public void discarded(int bytes) {
    consumed.addAndGet(bytes);
    signal();
  }

  // ---- who tells ----

  /**
   * Hands over what is there. One at a time, in order: two may tell only while the engine ends.
   *
   * @throws RuntimeException or an error: the callback's; the stream is cancelled then
   */
  public synchronized void tell() {
    scheduled.set(false);
    byte[] part;
    while ((part = parts.poll()) != null) {
      if (!cancelled) {
        boolean taken = false;
        try {
          callback.part(this, part);
          taken = true;
        } finally {
          if (!taken) {
            cancel();
          }
        }
      }
    }
  }

  // ---- the caller ----

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public String requestId() {
    return new UUID(requestIdHigh, requestIdLow).toString();
  }

  @Override
  public String executedVersion() {
    return executedVersion;
  }

  @Override
  public void consumed(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(bytes + " bytes");
    }
    consumed.addAndGet(bytes);
    signal();
  }

  @Override
  public void cancel() {
    cancelled = true;
    signal();
  }

  /** Whether no part is wanted any more. Any thread. */
  public boolean isCancelled() {
    return cancelled;
  }

  private void signal() {
    if (!signalled.getAndSet(true)) {
      creditDoor.accept(this);
    }
  }
}
