package io.ringmaster.conformance;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * The JDK's HTTP client under AWS's asynchronous clients, whose own brings another Netty. Parts of
 * an answer are handed on as they come.
 */
final class JdkTransport implements SdkAsyncHttpClient {
  /** The JDK's client sets them itself. */
  private static final Set<String> OWN = Set.of("host", "content-length", "connection", "expect");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest call) {
    CompletableFuture<Void> done =
        client
            .sendAsync(request(call), HttpResponse.BodyHandlers.ofPublisher())
            .thenCompose(answer -> handOn(answer, call))
            .toCompletableFuture();
    return done.whenComplete(
        (nothing, failure) -> {
          if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            call.responseHandler().onError(cause);
          }
        });
  }

  private static HttpRequest request(AsyncExecuteRequest call) {
    URI uri = call.request().getUri();
    long length = call.requestContentPublisher().contentLength().orElse(0L);
    HttpRequest.BodyPublisher content =
        length == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.fromPublisher(
                FlowAdapters.toFlowPublisher(call.requestContentPublisher()), length);
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri).method(call.request().method().name(), content);
    call.request()
        .forEachHeader(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> builder.header(name, value));
              }
            });
    return builder.build();
  }

  private static CompletableFuture<Void> handOn(
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer, AsyncExecuteRequest call) {
    SdkHttpResponse.Builder head = SdkHttpResponse.builder().statusCode(answer.statusCode());
    answer.headers().map().forEach((name, values) -> head.putHeader(name, values));
    call.responseHandler().onHeaders(head.build());
    CompletableFuture<Void> done = new CompletableFuture<>();
    Publisher<ByteBuffer> parts =
        subscriber ->
            answer.body().subscribe(new Parts(FlowAdapters.toFlowSubscriber(subscriber), done));
    call.responseHandler().onStream(parts);
    return done;
  }

  /** Each list of buffers becomes one buffer, so that what is asked for is what comes. */
  private record Parts(Flow.Subscriber<? super ByteBuffer> to, CompletableFuture<Void> done)
      implements Flow.Subscriber<List<ByteBuffer>> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      to.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      int bytes = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
      ByteBuffer whole = ByteBuffer.allocate(bytes);
      buffers.forEach(whole::put);
      to.onNext(whole.flip());
    }

    @Override
    public void onError(Throwable failure) {
      to.onError(failure);
      done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      to.onComplete();
      done.complete(null);
    }
  }

  @Override
  public String clientName() {
    return "Jdk";
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
