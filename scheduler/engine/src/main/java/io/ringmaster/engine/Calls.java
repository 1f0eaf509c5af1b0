package io.ringmaster.engine;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.ResponseStream;
import io.ringmaster.api.ResponseSubscriber;
import io.ringmaster.api.StreamingCallback;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;

/** The ways to invoke, all made of {@link Call}. Any thread. */
final class Calls {
  private static final int KEPT = 256;

  /** A kept call keeps its last event and answer: not those of megabytes. */
  private static final int KEPT_BYTES_MAX = 64 * 1024;

  private final Supplier<Call> newCall;
  private final MpmcVarHandleArrayQueue<BlockingCall> idle = new MpmcVarHandleArrayQueue<>(KEPT);

  Calls(Supplier<Call> newCall) {
    this.newCall = newCall;
  }

  InvocationResult invoke(InvokeRequest request) {
    BlockingCall call = idle.poll();
    if (call == null) {
      call = new BlockingCall(newCall.get());
    }
    InvocationResult result = call.invoke(request);
    if (request.payload().length + call.responseLength() <= KEPT_BYTES_MAX) {
      idle.offer(call);
    }
    return result;
  }

  CompletableFuture<InvocationResult> invokeAsync(InvokeRequest request) {
    CompletableFuture<InvocationResult> future = new CompletableFuture<>();
    Call call = newCall.get();
    fill(call, request);
    call.submit(settled -> future.complete(settled.toResult()));
    return future;
  }

  CompletableFuture<InvocationResult> invokeStreaming(
      InvokeRequest request, ResponseSubscriber subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    CompletableFuture<InvocationResult> future = new CompletableFuture<>();
    Call call = newCall.get();
    fill(call, request);
    call.submitStreaming(
        new StreamingCallback() {
          @Override
          public void part(ResponseFlow flow, byte[] part) {
            subscriber.part(flow, part);
          }

          @Override
          public void settled(Call settled) {
            future.complete(settled.toResult());
          }

          @Override
          public boolean nonBlocking() {
            return subscriber.nonBlocking();
          }
        });
    return future;
  }

  ResponseStream openStream(InvokeRequest request) {
    ReadStream stream = new ReadStream();
    Call call = newCall.get();
    fill(call, request);
    call.submitStreaming(stream.taker());
    return stream;
  }

  static void fill(Call call, InvokeRequest request) {
    call.owner(request.owner())
        .function(request.function())
        .qualifier(request.qualifier())
        .payload(request.payload(), 0, request.payload().length)
        .clientContext(request.clientContext())
        .traceHeader(request.traceHeader())
        .logTail(request.logTail())
        .requestId(request.requestId());
  }
}
