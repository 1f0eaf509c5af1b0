package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.conformance.OperationTable.Row;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.lambda.waiters.LambdaWaiter;

/** AWS's SDK for Java with nothing but an endpoint; and what the steps of a life share. */
abstract class JavaClient implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String ROLE = "arn:aws:iam::123456789012:role/lambda";
  static final Runtime RUNTIME = Runtime.PYTHON3_13;
  static final String STALE_ID = "00000000-0000-4000-8000-000000000000";
  static final String STALE =
      "The Revision Id provided does not match the latest Revision Id. Call the"
          + " GetFunction/GetAlias API to retrieve the latest Revision Id";
  static final String ABSENT = "The resource you requested does not exist.";
  static final String NO_SUCH = "arn:aws:lambda:us-east-1:123456789012:function:no-such";

  /** A step: its name, and what it does. */
  record Step(String name, Executable action) {}

  final List<Step> steps = new ArrayList<>();
  final String name;
  final String arn;
  final Packages packages;
  private final URI endpoint;
  final LambdaClient lambda;
  final LambdaClient elsewhere;
  final LambdaAsyncClient asynchronous;
  final LambdaWaiter waiter;

  /** Of a success, by operation. */
  private final Map<String, Integer> statuses;

  private final Set<String> operations = new TreeSet<>();

  JavaClient(TestServer server, Packages packages, String name) throws IOException {
    statuses =
        OperationTable.read().rows().stream()
            .collect(Collectors.toMap(Row::operation, Row::status));
    this.packages = packages;
    this.name = name;
    endpoint = URI.create(server.endpoint());
    arn = "arn:aws:lambda:us-east-1:123456789012:function:" + name;
    lambda = pointed(LambdaClient.builder(), server, Region.US_EAST_1).build();
    elsewhere = pointed(LambdaClient.builder(), server, Region.EU_WEST_1).build();
    asynchronous =
        pointed(LambdaAsyncClient.builder(), server, Region.US_EAST_1)
            .httpClient(new JdkTransport())
            .build();
    waiter =
        LambdaWaiter.builder()
            .client(lambda)
            .overrideConfiguration(
                waits -> waits.maxAttempts(120).waitTimeout(Duration.ofSeconds(60)))
            .build();
  }

  private <B extends AwsClientBuilder<B, ?>> B pointed(
      B builder, TestServer server, Region region) {
    return builder
        .endpointOverride(URI.create(server.endpoint()))
        .region(region)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .overrideConfiguration(
            configuration ->
                configuration
                    .retryStrategy(strategy -> strategy.maxAttempts(1))
                    .addExecutionInterceptor(new Listener()));
  }

  /** Notes which operations are called. */
  private final class Listener implements ExecutionInterceptor {
    @Override
    public void afterTransmission(
        Context.AfterTransmission context, ExecutionAttributes attributes) {
      String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
      int status = context.httpResponse().statusCode();
      // an invocation's status says how it is done
      if (status < 300 && !operation.equals("Invoke") && status != statuses.get(operation)) {
        throw new AssertionError(operation + " was answered " + status);
      }
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      synchronized (operations) {
        operations.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
      }
    }
  }

  /** What was called since the last time. */
  Set<String> takeOperations() {
    synchronized (operations) {
      Set<String> taken = Set.copyOf(operations);
      operations.clear();
      return taken;
    }
  }

  final void step(String title, Executable action) {
    steps.add(new Step(title, action));
  }

  /** The call fails, as the SDK's exception of this class, with this code and these words. */
  static <T extends LambdaException> T refused(Class<T> kind, String words, Executable call) {
    T failure = assertThrows(kind, call);
    if (kind != LambdaException.class) {
      assertEquals(kind.getSimpleName(), failure.awsErrorDetails().errorCode());
    }
    String message = failure.awsErrorDetails().errorMessage();
    if (words.endsWith("…")) {
      assertTrue(message.startsWith(words.substring(0, words.length() - 1)), message);
    } else {
      assertEquals(words, message);
    }
    return failure;
  }

  /** An invocation's answer, and the function's. */
  record Invoked(InvokeResponse answer, JsonNode result) {}

  final Invoked invoke(String event) throws IOException {
    return invoke(event, request -> {});
  }

  final Invoked invoke(String event, Consumer<InvokeRequest.Builder> more) throws IOException {
    InvokeResponse answer =
        lambda.invoke(
            request -> {
              request.functionName(name).payload(SdkBytes.fromUtf8String(event));
              more.accept(request);
            });
    assertEquals(200, answer.statusCode());
    return new Invoked(answer, JSON.readTree(answer.payload().asByteArray()));
  }

  /** The status of a POST without the SDK. */
  final int bare(String operation, String path, String body) throws Exception {
    synchronized (operations) {
      operations.add(operation);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(endpoint.resolve(path))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  final void updated() {
    waiter.waitUntilFunctionUpdatedV2(request -> request.functionName(name));
  }

  static void eventually(String what, Callable<Boolean> check) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!check.call()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(100);
    }
  }

  static byte[] fetch(String location) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(location)).build(),
              HttpResponse.BodyHandlers.ofByteArray())
          .body();
    }
  }

  @Override
  public void close() {
    waiter.close();
    lambda.close();
    elsewhere.close();
    asynchronous.close();
  }
}
