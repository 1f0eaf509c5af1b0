package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What destinations a configuration of asynchronous invocation may name, and what comes of it. */
class EventDestinationsTest {
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:";

  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench();
    bench.echo("echo");
    bench.echo("other");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private HttpResponse<String> put(String when, String arn) {
    return bench.send(
        "PUT",
        "/2019-09-25/functions/echo/event-invoke-config",
        "{\"DestinationConfig\":{\"" + when + "\":{\"Destination\":\"" + arn + "\"}}}");
  }

  @Test
  void whatCanBeReachedIsKept() {
    for (String arn :
        List.of(
            "arn:aws:sqs:us-east-1:123456789012:queue",
            "arn:aws:sns:us-east-1:123456789012:topic",
            "arn:aws:events:us-east-1:123456789012:event-bus/default",
            "arn:aws:ringmaster:::http://127.0.0.1:8080/hook",
            "arn:aws:ringmaster:::file/told.jsonl",
            FUNCTION + "other",
            "")) {
      for (String when : List.of("OnSuccess", "OnFailure")) {
        HttpResponse<String> kept = put(when, arn);
        assertEquals(200, kept.statusCode(), arn + ": " + kept.body());
      }
    }
    assertEquals(200, put("OnFailure", "arn:aws:s3:::bucket").statusCode());
  }

  @Test
  void whatCannotIsRefusedInAwsWords() {
    for (String arn :
        List.of(
            "arn:aws:dynamodb:us-east-1:123456789012:table/t",
            "arn:aws:s3:::bucket",
            "arn:aws:events:us-east-1:123456789012:rule/r",
            "arn:aws:ringmaster:::file/../passwd",
            "arn:aws:ringmaster:::gopher://x")) {
      refused(
          put("OnSuccess", arn),
          "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
              + arn
              + "), onFailure=null) is invalid.");
    }
    refused(
        put("OnFailure", FUNCTION + "missing"),
        "The destination ARN " + FUNCTION + "missing is invalid.");
    refused(
        put("OnFailure", FUNCTION + "echo"),
        "You can't specify the function as a destination for itself.");
  }

  private HttpResponse<String> deadLetters(String arn) {
    return bench.send(
        "PUT",
        "/2015-03-31/functions/echo/configuration",
        "{\"DeadLetterConfig\":{\"TargetArn\":\"" + arn + "\"}}");
  }

  @Test
  void deadLettersGoToQueuesAndTopicsOnly() {
    String before = "Invalid dead letter queue ARN: ";
    for (String arn : List.of(FUNCTION + "other", "arn:aws:s3:::bucket")) {
      refused(
          deadLetters(arn),
          before + "only SQS queues and SNS topics are supported for dead letter configuration");
    }
    refused(
        deadLetters("arn:aws:sqs:us-east-1:123456789012:queue.fifo"),
        before + "FIFO SQS queue is not supported for dead letter configuration");
    for (String service : List.of("sqs", "sns")) {
      String arn = "arn:aws:" + service + ":us-east-1:123456789012:dead";
      Bench.await("updated", () -> deadLetters(arn).statusCode() == 200);
    }
    Bench.await("taken away", () -> deadLetters("").statusCode() == 200);
  }

  private static void refused(HttpResponse<String> answer, String message) {
    assertEquals(400, answer.statusCode(), answer.body());
    assertEquals(
        "InvalidParameterValueException",
        answer.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    assertEquals(message, Json.object(answer.body()).get("message"));
  }

  @Test
  void theOtherFunctionIsToldOfSuccess() {
    assertEquals(200, put("OnSuccess", FUNCTION + "other").statusCode());
    assertEquals(202, bench.invoke("echo", "{}", "X-Amz-Invocation-Type", "Event").statusCode());
    Bench.await(
        "both ran", () -> bench.engine.events().status().counters().get("eventsSucceeded") == 2);
    assertEquals(0, bench.engine.events().status().waiting());
  }
}
