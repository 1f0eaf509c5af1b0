package io.ringmaster.engine.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.event.Courier.Parcel;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is signed is what is sent. */
class AwsRequestsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final RequestSigner SIGNER = new RequestSigner("id", "secret", null);
  private static final Parcel PARCEL =
      new Parcel(
          new UUID(0, 42),
          "",
          "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
          "Success",
          null,
          null,
          "{}".getBytes(StandardCharsets.UTF_8),
          NOW.toEpochMilli());

  private static AwsRequests at(String endpoint) {
    return new AwsRequests(endpoint, "eu-west-1", SIGNER, () -> NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "https://sqs.eu-west-1.amazonaws.com:443, sqs.eu-west-1.amazonaws.com",
    "https://sqs.eu-west-1.amazonaws.com, sqs.eu-west-1.amazonaws.com",
    "http://local:80/, local",
    "http://local:443, local:443",
    "https://local:80, local:80",
    "http://local:4566, local:4566",
    "http://[::1]:80, [::1]"
  })
  void theHostIsSignedAsTheClientSaysIt(String endpoint, String host) {
    Destination queue = Destination.of("arn:aws:sqs:us-east-1:123456789012:queue");
    HttpRequest request = at(endpoint).queueUrl(queue);
    Map<String, String> headers = new HashMap<>();
    for (String name : List.of("content-type", "x-amz-target")) {
      headers.put(name, request.headers().firstValue(name).orElseThrow());
    }
    headers.put("host", host);
    byte[] body =
        "{\"QueueName\":\"queue\",\"QueueOwnerAWSAccountId\":\"123456789012\"}"
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(
        SIGNER.sign("POST", "/", headers, body, "us-east-1", "sqs", NOW).get("authorization"),
        request.headers().firstValue("authorization").orElseThrow());
  }

  @Test
  void whatNamesNoRegionHasTheUsualOne() {
    Destination topic = Destination.of("arn:aws:sns::123456789012:topic");
    HttpRequest request = at("http://local").publish(topic, PARCEL);
    String given = request.headers().firstValue("authorization").orElseThrow();
    assertTrue(given.contains("/20260102/eu-west-1/sns/aws4_request,"), given);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "ab", "Upper", "a/b", "a_b", "-ab", "ab."})
  void aBucketHasABucketsName(String name) {
    Destination bucket = new Destination("arn:aws:s3:::" + name, "s3", "", "", name);
    assertThrows(
        IllegalArgumentException.class,
        () -> at("http://local").putObject(bucket, "eu-west-1", PARCEL));
  }

  @Test
  void aBucketsPathIsItsOwn() {
    Destination bucket = Destination.of("arn:aws:s3:::my.bucket-1");
    String path = at("http://local").putObject(bucket, "eu-west-1", PARCEL).uri().getPath();
    assertTrue(path.startsWith("/my.bucket-1/aws/lambda/async/f/2026/01/02/"), path);
  }
}
