package io.ringmaster.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ringmaster.api.Refusal;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A package that comes in several messages. The loop's thread.
 *
 * @param <M> the messages
 */
final class Upload<M> implements StreamObserver<M> {
  private static final int PACKAGE_BYTES_MAX = 52_428_800;
  private static final int FIRST_BYTES = 64 * 1024;

  /** So long a message may take. */
  private static final int PATIENCE_SECONDS = 30;

  /** What all uploads together hold, until their operations are over. Any thread. */
  static final class Budget {
    private static final long HELD_BYTES_MAX = 256L * 1024 * 1024;

    private final AtomicLong held = new AtomicLong();

    private boolean take(int bytes) {
      if (held.addAndGet(bytes) <= HELD_BYTES_MAX) {
        return true;
      }
      held.addAndGet(-bytes);
      return false;
    }

    long held() {
      return held.get();
    }
  }

  /** A whole package; to be released. Any thread. */
  static final class Archive {
    private final byte[] buffer;
    private final int length;
    private final Budget budget;

    private Archive(byte[] buffer, int length, Budget budget) {
      this.buffer = buffer;
      this.length = length;
      this.budget = budget;
    }

    byte[] bytes() {
      return buffer.length == length ? buffer : Arrays.copyOf(buffer, length);
    }

    void release() {
      budget.held.addAndGet(-buffer.length);
    }
  }

  private final Budget budget;
  private final StreamObserver<?> answer;
  private final Function<M, ByteString> part;
  private final BiConsumer<M, Archive> complete;
  private final ScheduledFuture<?> patience;
  private byte[] buffer = {};
  private int bytes;
  private M first;
  private boolean heard = true;
  private boolean over;

  /**
   * @param loop the calling thread's
   * @param part a message's part of the package
   * @param complete gets the first message and the package, if it was not refused
   */
  Upload(
      Budget budget,
      EventExecutor loop,
      StreamObserver<?> answer,
      Function<M, ByteString> part,
      BiConsumer<M, Archive> complete) {
    this.budget = budget;
    this.answer = answer;
    this.part = part;
    this.complete = complete;
    patience =
        loop.scheduleAtFixedRate(
            this::lookForMessages, PATIENCE_SECONDS, PATIENCE_SECONDS, TimeUnit.SECONDS);
    ServerCallStreamObserver<?> rpc = (ServerCallStreamObserver<?>) answer;
    rpc.setOnCancelHandler(this::drop);
    rpc.setOnCloseHandler(this::drop); // what bounds all RPCs may have closed this one
  }

  private void lookForMessages() {
    if (!heard) {
      refuse(
          new Refusal(
              400, "InvalidRequestContentException", "The package did not come in time.", null));
    }
    heard = false;
  }

  @Override
  public void onNext(M message) {
    if (over) {
      return;
    }
    heard = true;
    if (first == null) {
      first = message;
    }
    ByteString more = part.apply(message);
    if (more.size() > PACKAGE_BYTES_MAX - bytes) {
      refuse(
          new Refusal(
              413,
              "RequestEntityTooLargeException",
              "Zipped size must be smaller than " + PACKAGE_BYTES_MAX + " bytes",
              null));
    } else if (bytes + more.size() > buffer.length && !grow(bytes + more.size())) {
      refuse(Refusal.throttled("CallerRateLimitExceeded"));
    } else {
      more.copyTo(buffer, bytes);
      bytes += more.size();
    }
  }

  private boolean grow(int needed) {
    int doubled = Math.min(PACKAGE_BYTES_MAX, Math.max(FIRST_BYTES, 2 * buffer.length));
    int size = Math.max(needed, doubled);
    if (!budget.take(size - buffer.length)) {
      return false;
    }
    buffer = Arrays.copyOf(buffer, size);
    return true;
  }

  private void refuse(Refusal refusal) {
    drop();
    Management.refuse(answer, refusal);
  }

  private void drop() {
    if (!over) {
      end().release();
    }
  }

  /** From here on nothing is taken; the package is the caller's. */
  private Archive end() {
    over = true;
    patience.cancel(false);
    Archive whole = new Archive(buffer, bytes, budget);
    buffer = new byte[0];
    return whole;
  }

  @Override
  public void onError(Throwable gone) {
    drop();
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    if (first == null) {
      refuse(Answers.nameless());
      return;
    }
    complete.accept(first, end());
  }
}
