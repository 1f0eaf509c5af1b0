package io.ringmaster.engine.destination;

import io.ringmaster.core.event.Courier;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes records and dead letters to where they are to go: SQS, SNS, EventBridge and S3 at the AWS
 * endpoint, HTTP endpoints that the operator named, files below the data folder. Any thread; what
 * answers is an HTTP client's, which begins with the first delivery.
 */
public final class Destinations implements Courier {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration END = Duration.ofSeconds(5);

  /** For all of an answer: the request's own limit ends with the headers. */
  private static final Duration ANSWER_TIMEOUT = AwsRequests.TIMEOUT.plusSeconds(5);

  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final int SHOWN_MAX = 500;
  private static final int QUEUES_MAX = 1_000;
  private static final Pattern QUEUE_URL = Pattern.compile("\"QueueUrl\"\\s*:\\s*\"([^\"\\\\]+)\"");
  private static final Pattern ENTRY_FAILED = Pattern.compile("\"FailedEntryCount\"\\s*:\\s*[1-9]");

  private final Duration answerTimeout;
  private final AwsRequests aws;
  private final String region;
  private final List<String> httpHosts;
  private final FileDestination files;

  /** URLs of queues, by ARN; the one longest unused goes first. */
  private final Map<String, String> queueUrls =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
              return size() > QUEUES_MAX;
            }
          });

  // Guarded by this.
  private HttpClient client;
  private boolean closed;

  /**
   * @param awsEndpoint where SQS, SNS, EventBridge and S3 are; null: nowhere
   * @param region for what names none
   * @param httpHosts hosts that may be delivered to by HTTP, each {@code HOST} or {@code HOST:PORT}
   * @param folder for files; made when it is needed. Null: there are none
   */
  public Destinations(
      String awsEndpoint,
      String region,
      List<String> httpHosts,
      Path folder,
      Map<String, String> environment,
      InstantSource clock) {
    this(awsEndpoint, region, httpHosts, folder, environment, clock, ANSWER_TIMEOUT);
  }

  /**
   * @param answerTimeout how long all of an answer may take
   */
  Destinations(
      String awsEndpoint,
      String region,
      List<String> httpHosts,
      Path folder,
      Map<String, String> environment,
      InstantSource clock,
      Duration answerTimeout) {
    this.answerTimeout = answerTimeout;
    this.aws =
        awsEndpoint == null
            ? null
            : new AwsRequests(awsEndpoint, region, RequestSigner.ofProcess(environment), clock);
    this.region = region;
    this.httpHosts = List.copyOf(httpHosts);
    this.files = folder == null ? null : new FileDestination(folder);
  }

  @Override
  public void deliver(Parcel parcel, Consumer<String> done) {
    Destination to = Destination.of(parcel.destination());
    if (to == null) {
      done.accept("it is no destination: " + parcel.destination());
      return;
    }
    if (to.service().equals(Destination.OWN_SERVICE)) {
      own(to, parcel, done);
    } else if (aws == null) {
      done.accept("no AWS endpoint is configured");
    } else {
      switch (to.service()) {
        case "sqs" -> queue(to, parcel, done);
        case "sns" -> send(aws.publish(to, parcel), done, Destinations::accepted);
        case "events" -> send(aws.putEvents(to, parcel), done, Destinations::entryAccepted);
        case "s3" -> send(aws.putObject(to, region, parcel), done, Destinations::accepted);
        default -> done.accept("nothing is delivered to " + to.service());
      }
    }
  }

  private void queue(Destination to, Parcel parcel, Consumer<String> done) {
    if (queueUrls.containsKey(to.arn())) {
      sendToQueue(to, parcel, done);
      return;
    }
    send(
        aws.queueUrl(to),
        failure -> {
          if (failure == null) {
            sendToQueue(to, parcel, done);
          } else {
            done.accept(failure);
          }
        },
        (status, text) -> {
          Matcher url = QUEUE_URL.matcher(text);
          if (status != 200 || !url.find()) {
            return refused(status, text);
          }
          queueUrls.put(to.arn(), url.group(1));
          return null;
        });
  }

  private void sendToQueue(Destination to, Parcel parcel, Consumer<String> done) {
    String url = queueUrls.get(to.arn());
    if (url == null) {
      done.accept("the queue's URL is not known any more");
      return;
    }
    HttpRequest request;
    try {
      request = aws.sendMessage(to, url, parcel);
    } catch (RuntimeException e) {
      done.accept("it cannot be sent: " + e);
      return;
    }
    send(
        request,
        failure -> {
          if (failure != null) {
            queueUrls.remove(to.arn()); // it may have been made anew elsewhere
          }
          done.accept(failure);
        },
        Destinations::accepted);
  }

  private void own(Destination to, Parcel parcel, Consumer<String> done) {
    if (to.resource().startsWith(Destination.FILE)) {
      if (files == null) {
        done.accept("an engine without a data folder delivers to no files");
      } else {
        Destination from = Destination.of(parcel.functionArn());
        files.append(
            from == null ? "" : from.account(),
            to.resource().substring(Destination.FILE.length()),
            parcel.content(),
            done);
      }
      return;
    }
    URI uri;
    try {
      uri = URI.create(to.resource());
    } catch (IllegalArgumentException e) {
      done.accept("it is no URL: " + to.resource());
      return;
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || uri.getRawUserInfo() != null) {
      done.accept("it is no URL to deliver to: " + to.resource());
    } else if (!httpHosts.contains(uri.getHost()) && !httpHosts.contains(uri.getRawAuthority())) {
      done.accept("the host is not one that may be delivered to: " + uri.getRawAuthority());
    } else {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(AwsRequests.TIMEOUT)
              .header("Content-Type", "application/json")
              .header("X-Ringmaster-Request-Id", parcel.requestId().toString())
              .POST(HttpRequest.BodyPublishers.ofByteArray(parcel.content()));
      send(request.build(), done, Destinations::accepted);
    }
  }

  private static String accepted(int status, String text) {
    return status / 100 == 2 ? null : refused(status, text);
  }

  private static String entryAccepted(int status, String text) {
    return ENTRY_FAILED.matcher(text).find() ? refused(status, text) : accepted(status, text);
  }

  private static String refused(int status, String text) {
    return "status " + status + ": " + text.substring(0, Math.min(text.length(), SHOWN_MAX));
  }

  /**
   * @param judge what status and the begin of the text come to; null: it is delivered
   */
  @SuppressWarnings("FutureReturnValueIgnored") // Who is told throws nothing.
  private void send(
      HttpRequest request, Consumer<String> done, BiFunction<Integer, String, String> judge) {
    HttpClient sending = client();
    if (sending == null) {
      done.accept("the engine ends");
      return;
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        sending.sendAsync(request, answer -> new FirstBytes(ANSWER_BYTES_MAX));
    exchange
        .copy() // a timeout of the exchange itself would leave its connection open
        .orTimeout(answerTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (response, thrown) -> {
              exchange.cancel(true); // no more than a word if it has ended
              done.accept(thrown == null ? judged(response, judge) : reason(thrown));
            });
  }

  private static String judged(
      HttpResponse<byte[]> response, BiFunction<Integer, String, String> judge) {
    try {
      return judge.apply(
          response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      return "the answer cannot be understood: " + e;
    }
  }

  private static String reason(Throwable thrown) {
    return String.valueOf(thrown instanceof CompletionException e ? e.getCause() : thrown);
  }

  /** Null: it is closed. */
  private synchronized HttpClient client() {
    if (client == null && !closed) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return closed ? null : client;
  }

  @Override
  public void close() {
    HttpClient ending;
    synchronized (this) {
      closed = true;
      ending = client;
      client = null;
    }
    if (ending != null) {
      ending.shutdownNow();
      try {
        ending.awaitTermination(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (files != null) {
      files.close();
    }
  }
}
