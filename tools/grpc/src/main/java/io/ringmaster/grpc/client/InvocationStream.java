package io.ringmaster.grpc.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.InvokeStreamResponse;
import io.ringmaster.grpc.v1.StreamCall;
import io.ringmaster.grpc.v1.StreamResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many invocations over one stream. Any thread.
 *
 * <p>Answers complete their futures on the connection's event loop: what depends on them there must
 * not wait. Cancelling a future cancels its invocation.
 */
public final class InvocationStream implements AutoCloseable {
  private static final int CALLS_PER_MESSAGE_MAX = 256;
  private static final int BYTES_PER_MESSAGE = 1024 * 1024;

  private final Executor writer;
  private final Semaphore room;
  private final ConcurrentHashMap<Long, Answer> inFlight = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<StreamCall> waiting = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> cancelled = new ConcurrentLinkedQueue<>();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile ClientCallStreamObserver<InvokeStreamRequest> calls;
  private volatile boolean closing;

  /** Why nothing more can be invoked; null: it can. */
  private volatile RefusedException broken;

  // Written by the writer.
  private boolean completed;

  private final class Answer extends CompletableFuture<InvokeResponse> {
    private final long id;

    Answer(long id) {
      this.id = id;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean first = super.cancel(mayInterruptIfRunning);
      if (first) {
        cancelled.add(id);
        schedule();
      }
      return first;
    }
  }

  private final class Results
      implements ClientResponseObserver<InvokeStreamRequest, InvokeStreamResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<InvokeStreamRequest> stream) {
      calls = stream;
      stream.setOnReadyHandler(InvocationStream.this::schedule);
    }

    @Override
    public void onNext(InvokeStreamResponse message) {
      message.getResultsList().forEach(InvocationStream.this::end);
    }

    @Override
    public void onError(Throwable failed) {
      fail(RefusedException.of(failed));
    }

    @Override
    public void onCompleted() {
      fail(RefusedException.of(Status.CANCELLED.withDescription("closed").asException()));
    }
  }

  InvocationStream(
      InvocationServiceGrpc.InvocationServiceStub stub, Executor writer, int inFlightMax) {
    this.writer = writer;
    room = new Semaphore(inFlightMax);
    stub.invokeStream(new Results());
  }

  /**
   * Invokes; waits while too many invocations are in flight.
   *
   * @return completes with the answer, or exceptionally with a {@link RefusedException}
   */
  public CompletableFuture<InvokeResponse> invoke(InvokeRequest request) {
    return invoke(request, Duration.ZERO);
  }

  /**
   * The same, with a limit of its own.
   *
   * @param timeout how long to wait for the answer, in milliseconds at least; zero: without limit
   */
  public CompletableFuture<InvokeResponse> invoke(InvokeRequest request, Duration timeout) {
    room.acquireUninterruptibly();
    Answer answer = new Answer(ids.getAndIncrement());
    inFlight.put(answer.id, answer);
    if (closing || broken != null) {
      refuse(answer);
    } else {
      waiting.add(
          StreamCall.newBuilder()
              .setId(answer.id)
              .setRequest(request)
              .setTimeoutMs((int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
              .build());
      schedule();
      if (broken != null) { // it may have broken before this call was there to be told
        refuse(answer);
      }
    }
    return answer;
  }

  private void refuse(Answer answer) {
    RefusedException reason = broken;
    if (inFlight.remove(answer.id) != null) {
      room.release();
      answer.completeExceptionally(
          reason != null
              ? reason
              : RefusedException.of(Status.CANCELLED.withDescription("closed").asException()));
    }
  }

  private void end(StreamResult result) {
    Answer answer = inFlight.remove(result.getId());
    if (answer != null) {
      room.release();
      if (result.hasRefusal()) {
        answer.completeExceptionally(RefusedException.of(result.getRefusal()));
      } else {
        answer.complete(result.getResponse());
      }
    }
  }

  private void fail(RefusedException reason) {
    broken = reason;
    inFlight.values().forEach(this::refuse);
    waiting.clear();
    ended.countDown();
  }

  // ---- the writer ----

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        writer.execute(this::write);
      } catch (RejectedExecutionException closed) {
        fail(RefusedException.of(Status.CANCELLED.withDescription("closed").asException()));
      }
    }
  }

  /** One at a time: nobody schedules it again before it began. */
  private synchronized void write() {
    scheduled.set(false);
    while (broken == null && calls.isReady() && !(waiting.isEmpty() && cancelled.isEmpty())) {
      calls.onNext(message());
    }
    if (closing && !completed && waiting.isEmpty() && cancelled.isEmpty() && broken == null) {
      completed = true;
      calls.onCompleted();
    }
  }

  private InvokeStreamRequest message() {
    InvokeStreamRequest.Builder message = InvokeStreamRequest.newBuilder();
    int bytes = 0;
    StreamCall call;
    while (message.getCallsCount() < CALLS_PER_MESSAGE_MAX && (call = waiting.peek()) != null) {
      if (isGivenUp(call.getId())) {
        waiting.poll();
        continue;
      }
      bytes += call.getRequest().getPayload().size();
      if (message.getCallsCount() > 0 && bytes > BYTES_PER_MESSAGE) {
        break; // a large one travels alone
      }
      message.addCalls(call);
      waiting.poll();
    }
    Long id;
    while (message.getCancelledIdsCount() < CALLS_PER_MESSAGE_MAX
        && (id = cancelled.poll()) != null) {
      message.addCancelledIds(id);
    }
    return message.build();
  }

  /** Cancelled before it was sent: it is not sent at all. */
  private boolean isGivenUp(long id) {
    Answer answer = inFlight.get(id);
    if (answer != null && answer.isDone() && inFlight.remove(id) != null) {
      room.release();
    }
    return answer == null || answer.isDone();
  }

  /** Begins nothing more, and waits until everything in flight has its answer. */
  @Override
  public void close() {
    closing = true;
    schedule();
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException interrupt) {
        interrupted = true;
        calls.cancel("interrupted", interrupt);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
