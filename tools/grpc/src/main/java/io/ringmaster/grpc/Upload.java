package io.ringmaster.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.ringmaster.api.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A package that comes in several messages. All uploads together hold no more than {@value
 * #HELD_BYTES_MAX} bytes. The loop's thread.
 *
 * @param <M> the messages
 */
final class Upload<M> implements StreamObserver<M> {
  private static final int PACKAGE_BYTES_MAX = 52_428_800;
  private static final long HELD_BYTES_MAX = 256L * 1024 * 1024;

  private final AtomicLong heldByAll;
  private final StreamObserver<?> answer;
  private final Function<M, ByteString> part;
  private final BiConsumer<M, byte[]> complete;
  private final List<ByteString> parts = new ArrayList<>();
  private M first;
  private int bytes;
  private boolean over;

  /**
   * @param heldByAll bytes that all uploads hold
   * @param part a message's part of the package
   * @param complete gets the first message and the package, if it was not refused
   */
  Upload(
      AtomicLong heldByAll,
      StreamObserver<?> answer,
      Function<M, ByteString> part,
      BiConsumer<M, byte[]> complete) {
    this.heldByAll = heldByAll;
    this.answer = answer;
    this.part = part;
    this.complete = complete;
    ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(this::end);
  }

  @Override
  public void onNext(M message) {
    if (over) {
      return;
    }
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
      return;
    }
    bytes += more.size();
    if (heldByAll.addAndGet(more.size()) > HELD_BYTES_MAX) {
      refuse(Refusal.throttled("CallerRateLimitExceeded"));
      return;
    }
    parts.add(more);
  }

  private void refuse(Refusal refusal) {
    end();
    Management.refuse(answer, refusal);
  }

  private void end() {
    if (!over) {
      over = true;
      parts.clear();
      heldByAll.addAndGet(-bytes);
    }
  }

  @Override
  public void onError(Throwable gone) {
    end();
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
    byte[] whole = new byte[bytes];
    int at = 0;
    for (ByteString each : parts) {
      each.copyTo(whole, at);
      at += each.size();
    }
    end();
    complete.accept(first, whole);
  }
}
