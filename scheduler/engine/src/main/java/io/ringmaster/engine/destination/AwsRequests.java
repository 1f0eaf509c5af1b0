package io.ringmaster.engine.destination;

import io.ringmaster.core.event.Courier.Parcel;
import io.ringmaster.core.event.JsonQuotes;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The requests that take something to a queue, a topic, an event bus or a bucket at an endpoint
 * that serves AWS's protocols. Any thread.
 */
final class AwsRequests {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final DateTimeFormatter FOLDER =
      DateTimeFormatter.ofPattern("uuuu/MM/dd/").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH.mm.ss").withZone(ZoneOffset.UTC);

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final URI endpoint;
  private final String host;
  private final String usualRegion;
  private final RequestSigner signer;
  private final InstantSource clock;

  /**
   * @param endpoint with no path
   * @param usualRegion for what names none
   */
  AwsRequests(String endpoint, String usualRegion, RequestSigner signer, InstantSource clock) {
    this.endpoint = URI.create(endpoint.replaceAll("/+$", ""));
    this.host = host(this.endpoint);
    this.usualRegion = usualRegion;
    this.signer = signer;
    this.clock = clock;
  }

  /** As the client says it: without a port where that is the usual one. */
  private static String host(URI endpoint) {
    String usualPort = "https".equalsIgnoreCase(endpoint.getScheme()) ? ":443" : ":80";
    String authority = endpoint.getRawAuthority();
    return authority != null && authority.endsWith(usualPort)
        ? authority.substring(0, authority.length() - usualPort.length())
        : authority;
  }

  /** Asks for the URL of a queue. */
  HttpRequest queueUrl(Destination queue) {
    StringBuilder json = new StringBuilder("{\"QueueName\":");
    JsonQuotes.append(json, queue.resource());
    json.append(",\"QueueOwnerAWSAccountId\":");
    JsonQuotes.append(json, queue.account());
    return json(queue, "AmazonSQS.GetQueueUrl", "1.0", json.append('}'));
  }

  HttpRequest sendMessage(Destination queue, String queueUrl, Parcel parcel) {
    StringBuilder json = new StringBuilder(parcel.content().length + 512);
    json.append("{\"QueueUrl\":");
    JsonQuotes.append(json, queueUrl);
    json.append(",\"MessageBody\":");
    JsonQuotes.append(json, text(parcel));
    String before = ",\"MessageAttributes\":{";
    for (Map.Entry<String, String[]> each : attributes(parcel).entrySet()) {
      json.append(before);
      JsonQuotes.append(json, each.getKey());
      json.append(":{\"DataType\":");
      JsonQuotes.append(json, each.getValue()[0]);
      json.append(",\"StringValue\":");
      JsonQuotes.append(json, each.getValue()[1]);
      json.append('}');
      before = ",";
    }
    json.append(before.equals(",") ? "}}" : "}");
    return json(queue, "AmazonSQS.SendMessage", "1.0", json);
  }

  /** Of a dead letter: name, then type and value. */
  private static Map<String, String[]> attributes(Parcel parcel) {
    Map<String, String[]> attributes = new LinkedHashMap<>();
    if (parcel.condition() == null) {
      attributes.put("RequestID", new String[] {"String", parcel.requestId().toString()});
      attributes.put("ErrorCode", new String[] {"Number", parcel.errorCode()});
      attributes.put("ErrorMessage", new String[] {"String", parcel.errorMessage()});
    }
    return attributes;
  }

  HttpRequest publish(Destination topic, Parcel parcel) {
    StringBuilder form = new StringBuilder("Action=Publish&Version=2010-03-31");
    field(form, "TopicArn", topic.arn());
    field(form, "Message", text(parcel));
    int number = 1;
    for (Map.Entry<String, String[]> each : attributes(parcel).entrySet()) {
      String entry = "MessageAttributes.entry." + number++ + '.';
      field(form, entry + "Name", each.getKey());
      field(form, entry + "Value.DataType", each.getValue()[0]);
      field(form, entry + "Value.StringValue", each.getValue()[1]);
    }
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    return request(topic, "POST", "/", headers, utf8(form));
  }

  private static void field(StringBuilder form, String name, String value) {
    form.append('&').append(encoded(name)).append('=').append(encoded(value));
  }

  HttpRequest putEvents(Destination bus, Parcel parcel) {
    StringBuilder json = new StringBuilder(parcel.content().length + 512);
    json.append("{\"Entries\":[{\"Source\":\"lambda\",\"DetailType\":");
    boolean success = "Success".equals(parcel.condition());
    JsonQuotes.append(
        json, "Lambda Function Invocation Result - " + (success ? "Success" : "Failure"));
    json.append(",\"Resources\":[");
    JsonQuotes.append(json, bus.arn());
    json.append(',');
    JsonQuotes.append(json, parcel.functionArn());
    json.append("],\"EventBusName\":");
    JsonQuotes.append(json, bus.arn());
    json.append(",\"Time\":").append(clock.millis() / 1000).append(",\"Detail\":");
    JsonQuotes.append(json, text(parcel));
    return json(bus, "AWSEvents.PutEvents", "1.1", json.append("}]}"));
  }

  /** A key of its own for each, as AWS makes them. */
  HttpRequest putObject(Destination bucket, String region, Parcel parcel) {
    if (!BUCKET.matcher(bucket.resource()).matches()) { // "." and ".." mean other paths
      throw new IllegalArgumentException("it is no bucket's name: " + bucket.resource());
    }
    String[] arn = parcel.functionArn().split(":");
    Instant accepted = Instant.ofEpochMilli(parcel.acceptedMs());
    String key =
        "aws/lambda/async/"
            + arn[6]
            + '/'
            + FOLDER.format(accepted)
            + TIME.format(accepted)
            + '-'
            + UUID.nameUUIDFromBytes(utf8(parcel.requestId() + "/" + parcel.acceptedMs()));
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/json");
    headers.put("x-amz-content-sha256", RequestSigner.sha256(parcel.content()));
    return request(
        new Destination(bucket.arn(), "s3", region, "", ""),
        "PUT",
        '/' + encoded(bucket.resource()) + '/' + key,
        headers,
        parcel.content());
  }

  private HttpRequest json(Destination to, String target, String version, StringBuilder json) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/x-amz-json-" + version);
    headers.put("x-amz-target", target);
    return request(to, "POST", "/", headers, utf8(json));
  }

  private HttpRequest request(
      Destination to, String method, String path, Map<String, String> headers, byte[] body) {
    headers.put("host", host);
    String region = to.region().isEmpty() ? usualRegion : to.region();
    Map<String, String> signed =
        signer.sign(method, path, headers, body, region, to.service(), clock.instant());
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    signed.forEach(
        (name, value) -> {
          if (!name.equals("host")) { // the client sets it
            builder.header(name, value);
          }
        });
    return builder.build();
  }

  private static String text(Parcel parcel) {
    return new String(parcel.content(), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static byte[] utf8(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
