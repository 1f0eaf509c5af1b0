package io.ringmaster.grpc.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;

/**
 * Sends a package in messages of a mebibyte, as fast as the server takes them, and waits for the
 * answer.
 *
 * @param <M> the messages
 * @param <A> the answer
 */
final class Uploading<M, A> implements ClientResponseObserver<M, A> {
  private static final int PART_BYTES = 1024 * 1024;

  private final CountDownLatch over = new CountDownLatch(1);
  private volatile ClientCallStreamObserver<M> messages;
  private volatile A answer;
  private volatile Throwable failed;

  @Override
  public void beforeStart(ClientCallStreamObserver<M> stream) {
    messages = stream;
    stream.setOnReadyHandler(this::wake);
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public void onNext(A value) {
    answer = value;
  }

  @Override
  public void onError(Throwable thrown) {
    failed = thrown;
    over.countDown();
    wake();
  }

  @Override
  public void onCompleted() {
    over.countDown();
    wake();
  }

  /** Makes messages of parts; the second argument: whether it is the first one. */
  A send(byte[] whole, BiFunction<ByteString, Boolean, M> message) {
    try {
      for (int from = 0; from < whole.length || from == 0; from += PART_BYTES) {
        if (!awaitRoom()) {
          break; // it is answered already, with a refusal
        }
        int length = Math.min(PART_BYTES, whole.length - from);
        // The caller's array is not changed before this method returns.
        ByteString part = UnsafeByteOperations.unsafeWrap(whole, from, length);
        messages.onNext(message.apply(part, from == 0));
      }
      if (over.getCount() > 0) {
        messages.onCompleted();
      }
      over.await();
    } catch (InterruptedException interrupt) {
      messages.cancel("interrupted", interrupt);
      Thread.currentThread().interrupt();
      throw RefusedException.of(Status.CANCELLED.withCause(interrupt).asException());
    }
    if (failed != null) {
      throw RefusedException.of(failed);
    }
    return answer;
  }

  /** False: there is an answer. */
  private synchronized boolean awaitRoom() throws InterruptedException {
    while (!messages.isReady() && over.getCount() > 0) {
      wait();
    }
    return over.getCount() > 0;
  }
}
