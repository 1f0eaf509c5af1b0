package io.ringmaster.sandbox.runtimeapi;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.RuntimeApiSession.Events;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One place for one invocation: what the dispatcher hands over, and how the answer comes back. The
 * dispatcher fills it while it is free and hands it to the event loop through the loop's queue; it
 * is free again when the dispatcher has taken the outcome.
 */
final class Slot {
  /** How an invocation ended. */
  enum Outcome {
    /** The bytes in the pipe are the function's result. */
    RESPONSE,
    /** The bytes in the pipe are the function's error document. */
    ERROR,
    /** {@link Slot#document} is the error; a stream's bytes precede it. */
    DOCUMENT
  }

  /** Where the invocation is on the loop's side. */
  enum Phase {
    FREE,
    /** No poll took it yet. */
    WAITING,
    RUNNING,
    /** A connection sends the answer. */
    RECEIVING
  }

  /** Larger events are written to the socket without another copy. */
  static final int KEPT_BYTES_MAX = 64 * 1024;

  final int index;

  /** Hands this slot to the event loop. */
  final Runnable deliver;

  /** Makes the event loop read the stream again. */
  final Runnable resume;

  final AnswerPipe pipe = new AnswerPipe();

  // Written by the dispatcher while the slot is free, read by the event loop after the hand-over.
  private long sequence;
  long requestIdHigh;
  long requestIdLow;
  long deadlineEpochMs;
  byte[] arn = new byte[256];
  int arnLength;
  String traceHeader;
  String clientContext;
  String cognitoIdentity;
  String tenantId;
  private byte[] payload = new byte[1024];
  int payloadLength;

  /** Bytes of a stream that may be on their way to a caller who does not read. */
  int windowBytes;

  // Dispatcher.
  private ResponseBuffer answer;

  /** Of the stream, what the caller consumed; the dispatcher writes, then reads {@code paused}. */
  private volatile long credited;

  /** The event loop writes, then reads {@code credited}. */
  private volatile boolean paused;

  /** Written by the event loop when the answer is complete, taken by the dispatcher. */
  private volatile Outcome outcome;

  /** Whether the slot is in the queue of slots that have something. */
  final AtomicBoolean signalled = new AtomicBoolean();

  /** Whether a poll took it: the event loop writes. */
  private volatile boolean taken;

  // Written by the event loop before outcome.
  private byte[] document;
  private String errorType;

  /** What the runtime said of an error for the trace; null: nothing. */
  String errorCause;

  // Event loop.
  Phase phase = Phase.FREE;
  Connection receiver;
  boolean error;

  // Written by the event loop before the slot is signalled for the first time.
  boolean streaming;
  String contentType;

  Slot(int index, RuntimeSide side) {
    this.index = index;
    this.deliver = () -> side.deliver(this);
    this.resume = () -> side.resume(this);
  }

  /** Copies what the runtime is to get. Dispatcher. */
  void fill(Invocation from) {
    if (answer != null) {
      throw new IllegalStateException("slot " + index + " is not free");
    }
    streaming = false; // a stale signal may have this answer looked at before the loop delivers it
    contentType = null;
    error = false;
    errorCause = null;
    sequence = from.sequence();
    requestIdHigh = from.requestIdHigh();
    requestIdLow = from.requestIdLow();
    deadlineEpochMs = from.deadlineEpochMs();
    byte[] fromArn = from.invokedFunctionArn();
    arnLength = fromArn.length;
    if (arn.length < arnLength) {
      arn = new byte[arnLength];
    }
    System.arraycopy(fromArn, 0, arn, 0, arnLength);
    traceHeader = from.traceHeader();
    clientContext = from.clientContext();
    cognitoIdentity = from.cognitoIdentity();
    tenantId = from.tenantId();
    payloadLength = from.payloadLength();
    if (payload == null || payload.length < payloadLength) {
      payload = new byte[payloadLength];
    }
    System.arraycopy(from.payload(), from.payloadOffset(), payload, 0, payloadLength);
    windowBytes = from.windowBytes();
    answer = from.responseBuffer();
    pipe.reset();
    taken = false;
    credited = 0;
    outcome = null;
  }

  /** The event, in the first {@link #payloadLength} bytes. Event loop. */
  byte[] payload() {
    return payload;
  }

  /** Whether this request id is this slot's invocation's, which is not answered. Event loop. */
  boolean holds(long high, long low) {
    return phase != Phase.FREE && requestIdHigh == high && requestIdLow == low;
  }

  /** The caller consumed bytes. Dispatcher; true: {@link #resume} must run. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  boolean credit(int bytes) {
    credited += bytes;
    return paused;
  }

  /** A poll takes it, or could not be told of it. Event loop. */
  void taken(boolean now) {
    taken = now;
    phase = now ? Phase.RUNNING : Phase.WAITING;
  }

  /** Whether a poll took it. Dispatcher. */
  boolean taken() {
    return taken;
  }

  /** Whether more of the stream is under way than may be. Event loop. */
  boolean overdrawn() {
    return streaming && pipe.appended() - credited >= windowBytes;
  }

  /** Event loop. */
  void paused(boolean now) {
    paused = now;
  }

  /**
   * The answer is complete. Event loop; signal the slot afterwards.
   *
   * @param type of an error, where the runtime said it beside the document; else null
   */
  void settle(Outcome how, byte[] errorDocument, String type) {
    phase = Phase.FREE;
    receiver = null;
    paused = false;
    if (payload.length > KEPT_BYTES_MAX) {
      // A connection may still be writing it: it is never filled again.
      payload = null;
    }
    document = errorDocument;
    errorType = type;
    outcome = how;
  }

  /**
   * Delivers what came. Dispatcher.
   *
   * @return events delivered; {@code limit} when there may be more
   */
  int drain(Events sink, int limit) {
    Outcome ended = outcome;
    if (answer == null || (ended == null && !streaming)) {
      return 0;
    }
    if (streaming) {
      answer.contentType(contentType);
    } else if (ended == Outcome.ERROR) {
      answer.beginError(errorType);
    }
    int events = 0;
    int bytes = pipe.drainTo(answer);
    if (bytes > 0 && streaming) {
      answer.endChunk();
      sink.chunk(index, sequence, bytes);
      events++;
      if (events == limit) {
        return events;
      }
    }
    if (ended != null) {
      if (ended == Outcome.DOCUMENT) {
        answer.beginError(errorType);
        answer.append(document, 0, document.length);
      }
      if (ended != Outcome.RESPONSE) {
        answer.errorCause(errorCause);
      }
      answer.endChunk();
      answer = null;
      document = null;
      sink.answer(index, sequence, ended != Outcome.RESPONSE);
      events++;
    }
    return events;
  }

  /** Whether {@link #drain} was cut short by its limit. Dispatcher. */
  boolean hasMore() {
    return answer != null && outcome != null;
  }
}
