package io.ringmaster.core.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What destinations get of an asynchronous invocation, in AWS's words and order. Pure. */
final class InvocationRecord {
  static final String SUCCESS = "Success";
  static final String RETRIES_EXHAUSTED = "RetriesExhausted";
  static final String AGE_EXCEEDED = "EventAgeExceeded";
  static final String SWITCHED_OFF = "ZeroReservedConcurrency";
  static final String LOOP = "RecursiveInvocation";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * What a run came to.
   *
   * @param executedVersion {@code $LATEST} or a number
   * @param functionError whether the answer is an error document
   * @param answer bytes; any, {@code length} of them
   */
  record Run(String executedVersion, boolean functionError, byte[] answer, int length) {}

  private InvocationRecord() {}

  /**
   * The record as JSON.
   *
   * @param invokeCount how often it ran
   * @param run the last one; null: it did not run this time
   */
  static byte[] json(
      EventBody.Invocation event, String condition, int invokeCount, Run run, long nowMs) {
    StringBuilder head = new StringBuilder(512);
    head.append("{\"version\":\"1.0\",\"timestamp\":");
    JsonQuotes.append(head, TIME.format(Instant.ofEpochMilli(nowMs)));
    head.append(",\"requestContext\":{\"requestId\":");
    JsonQuotes.append(head, event.requestId().toString());
    head.append(",\"functionArn\":");
    JsonQuotes.append(head, event.qualifiedArn());
    head.append(",\"condition\":");
    JsonQuotes.append(head, condition);
    head.append(",\"approximateInvokeCount\":").append(invokeCount).append('}');
    head.append(",\"requestPayload\":");
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(1024 + event.payload().length + (run == null ? 0 : run.length()));
    text(out, head);
    value(out, event.payload(), event.payload().length);
    if (run != null) {
      StringBuilder context = new StringBuilder(256);
      context.append(",\"responseContext\":{\"statusCode\":200,\"executedVersion\":");
      JsonQuotes.append(context, run.executedVersion());
      if (run.functionError()) {
        context.append(",\"functionError\":\"Unhandled\"");
      }
      context.append("},\"responsePayload\":");
      text(out, context);
      value(out, run.answer(), run.length());
    }
    out.write('}');
    return out.toByteArray();
  }

  /** What is no JSON, as streamed answers need not be, is shown as a text. */
  private static void value(ByteArrayOutputStream out, byte[] bytes, int length) {
    if (length == 0) {
      text(out, "null");
    } else if (JsonMembers.isJson(bytes, length)) {
      out.write(bytes, 0, length);
    } else {
      StringBuilder text = new StringBuilder(length + 2);
      JsonQuotes.append(text, new String(bytes, 0, length, StandardCharsets.UTF_8));
      text(out, text);
    }
  }

  private static void text(ByteArrayOutputStream out, CharSequence text) {
    out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
