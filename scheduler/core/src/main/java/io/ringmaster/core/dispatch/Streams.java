package io.ringmaster.core.dispatch;

import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.StreamedResponse;
import io.ringmaster.core.model.Timed;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.core.settle.CreditStack;
import io.ringmaster.core.timer.Timers;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Streamed answers: parts go to the caller as they come, and the room they took goes back to the
 * driver as the caller consumes them. Dispatcher thread only.
 *
 * <p>Every byte that a driver told is credited once, unless the invocation ended before: when the
 * caller consumed it, or at once if it is dropped (cancelled, beyond the longest answer). A pace
 * holds credits back, never parts.
 */
final class Streams {
  private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

  /** Credits that a pace holds back are looked at again so often at most. */
  private static final long PACE_QUANTUM_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private final StreamLimits limits;
  private final Completions completions;
  private final CreditStack credits;
  private final Timers timers;

  Streams(StreamLimits limits, Completions completions, CreditStack credits, Timers timers) {
    this.limits = limits;
    this.completions = completions;
    this.credits = credits;
    this.timers = timers;
  }

  /** The driver told of {@code count} more bytes. */
  void told(PendingInvocation invocation, int count, long nowNs) {
    StreamedResponse stream = invocation.stream();
    int passed = pass(invocation, count, nowNs);
    stream.outstandingBytes += count;
    if (passed < count) {
      stream.discarded(count - passed); // credited within this turn, but not within the driver's
    }
  }

  /** The invocation ends: what stands before {@code end} in its buffer is the last part. */
  void rest(PendingInvocation invocation, int end, long nowNs) {
    if (end > 0) {
      pass(invocation, end, nowNs);
    }
  }

  /** Moves bytes from the begin of the buffer to the caller; how many are wanted and allowed. */
  private int pass(PendingInvocation invocation, int count, long nowNs) {
    StreamedResponse stream = invocation.stream();
    ResponseBuffer buffer = invocation.responseBuffer();
    stream.begin(buffer.contentType(), nowNs);
    long room = Math.max(0, limits.responseBytesMax() - stream.toldBytes);
    stream.toldBytes += count;
    int passed = stream.isCancelled() ? 0 : (int) Math.min(count, room);
    if (passed > 0 && stream.add(Arrays.copyOf(buffer.array(), passed))) {
      completions.add(stream, invocation.callbackNonBlocking());
    }
    buffer.drop(count);
    return passed;
  }

  /** Whether more came than may. */
  boolean tooLong(PendingInvocation invocation) {
    return invocation.stream().toldBytes > limits.responseBytesMax();
  }

  /** Longest streamed answer in bytes. */
  long responseBytesMax() {
    return limits.responseBytesMax();
  }

  /** The invocation settles: no credit follows. */
  void ended(StreamedResponse stream) {
    timers.cancel(stream);
    stream.invocation = null;
  }

  /** Gives back what callers consumed since the last turn; how many streams did. */
  int returnCredits(long nowNs) {
    int streams = 0;
    StreamedResponse stream = credits.takeAll();
    while (stream != null) {
      StreamedResponse following = stream.nextSignalled; // it may be in the stack again at once
      stream.nextSignalled = null;
      credit(stream, stream.takeConsumed(), nowNs);
      streams++;
      stream = following;
    }
    return streams;
  }

  /** A pace held credits back until now. */
  void expired(StreamedResponse stream, long nowNs) {
    credit(stream, 0, nowNs);
  }

  private void credit(StreamedResponse stream, long consumed, long nowNs) {
    PendingInvocation invocation = stream.invocation;
    if (invocation == null || invocation.settled) {
      return;
    }
    stream.owedBytes =
        stream.isCancelled()
            ? stream.outstandingBytes
            : Math.min(stream.outstandingBytes, stream.owedBytes + consumed);
    long bytes = Math.min(stream.owedBytes, allowed(stream, nowNs));
    if (bytes > 0) {
      stream.owedBytes -= bytes;
      stream.outstandingBytes -= bytes;
      invocation.sandbox.driver.credit(invocation.slot, (int) bytes);
    }
    if (stream.owedBytes > 0 && stream.timerId == Timed.NO_TIMER) {
      timers.schedule(stream, nowNs + PACE_QUANTUM_NS);
    }
  }

  /** How many bytes more the driver may have room for, by the pace. */
  private long allowed(StreamedResponse stream, long nowNs) {
    if (limits.bytesPerSecond() == 0) {
      return Integer.MAX_VALUE;
    }
    long elapsedNs = nowNs - stream.beganNs;
    long paced =
        elapsedNs / NS_PER_S * limits.bytesPerSecond()
            + elapsedNs % NS_PER_S * limits.bytesPerSecond() / NS_PER_S;
    long credited = stream.toldBytes - stream.outstandingBytes;
    long most = limits.freeBytes() + paced - limits.windowBytes();
    return Math.min(Integer.MAX_VALUE, Math.max(0, most - credited));
  }
}
