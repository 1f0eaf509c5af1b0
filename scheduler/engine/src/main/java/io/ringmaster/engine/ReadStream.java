package io.ringmaster.engine;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.ResponseStream;
import io.ringmaster.api.StreamingCallback;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A streamed answer for one reader. The dispatcher puts parts in and wakes the reader; a part's
 * bytes are credited as they are read, so there are never more than the window and one part.
 *
 * <p>Sleep: {@code waiter = reader; look again; park}; the dispatcher: {@code add; if waiter,
 * unpark}. The volatile accesses to {@code waiter} and the queue's are the fences.
 */
final class ReadStream extends ResponseStream {
  private static final byte[] NOTHING = {};

  private final ConcurrentLinkedQueue<byte[]> parts = new ConcurrentLinkedQueue<>();

  // Written by the dispatcher.
  private volatile ResponseFlow flow;
  private volatile InvocationResult result;

  // Written by the reader.
  private volatile Thread waiter;
  private byte[] part = NOTHING;
  private int position;
  private volatile boolean closed;

  StreamingCallback taker() {
    return new StreamingCallback() {
      @Override
      public void part(ResponseFlow from, byte[] bytes) {
        flow = from;
        parts.add(bytes);
        if (closed) {
          from.cancel();
        }
        wake();
      }

      @Override
      public void settled(Call settled) {
        result = settled.toResult();
        wake();
      }

      @Override
      public boolean nonBlocking() {
        return true;
      }
    };
  }

  private void wake() {
    Thread reader = waiter;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
  }

  /** Makes a byte readable; false: the answer is at its end. Waits. */
  private boolean fill() throws IOException {
    while (position == part.length) {
      byte[] next = parts.poll();
      if (next == null && result != null) {
        next = parts.poll(); // what came before the result is visible now
        if (next == null) {
          return false;
        }
      }
      if (next != null) {
        part = next;
        position = 0;
      } else {
        sleep(false);
      }
    }
    return true;
  }

  /** Returns when something may have come. */
  private void sleep(boolean untilResult) throws InterruptedIOException {
    waiter = Thread.currentThread();
    if (result == null && (untilResult || parts.isEmpty())) {
      LockSupport.park(this);
    }
    waiter = null;
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting for an answer");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      requireWhole();
      return -1;
    }
    int count = Math.min(length, part.length - position);
    System.arraycopy(part, position, into, offset, count);
    position += count;
    flow.consumed(count);
    return count;
  }

  private void requireWhole() throws IOException {
    InvocationResult end = result;
    if (end.refusal() != null) {
      throw new IOException(end.refusal().code() + ": " + end.refusal().message());
    }
    if (end.functionError() != null) {
      throw new IOException(
          "the function broke its answer off: " + end.errorType() + " " + end.payloadText());
    }
  }

  @Override
  public int available() {
    return part.length - position;
  }

  @Override
  public String contentType() throws IOException {
    while (flow == null && result == null) {
      sleep(false);
    }
    return flow != null ? flow.contentType() : result.contentType();
  }

  @Override
  public InvocationResult result() throws IOException {
    close();
    while (result == null) {
      sleep(true);
    }
    return result;
  }

  @Override
  public void close() {
    closed = true;
    ResponseFlow begun = flow;
    if (begun != null && result == null) {
      begun.cancel();
    }
  }
}
