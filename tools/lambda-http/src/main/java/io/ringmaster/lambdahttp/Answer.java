package io.ringmaster.lambdahttp;

import io.ringmaster.api.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** One answer: status, headers, body. Belongs to whoever makes it, then to the connection. */
final class Answer {
  static final String JSON = "application/json";
  private static final byte[] NOTHING = {};

  /** Exceptions whose members begin with a capital, besides those that begin as below. */
  private static final List<String> CAPITAL_FAMILIES =
      List.of(
          "ResourceNotFound",
          "ServiceException",
          "CodeSigningConfigNotFound",
          "CodeVerificationFailed",
          "InvalidCodeSignature",
          "ResourceInUse",
          "ResourceNotReady",
          "SnapStart",
          "KMS",
          "EC2",
          "EFS",
          "ENI",
          "InvalidZipFile",
          "InvalidRuntime",
          "InvalidSecurityGroup",
          "InvalidSubnet",
          "SubnetIPAddressLimit",
          "RecursiveInvocation",
          "NotImplemented",
          "AccessDenied",
          "SerializationException");

  final int status;
  long requestIdHigh;
  long requestIdLow;
  String contentType = JSON;

  /** Names and values in turn. */
  final List<String> headers = new ArrayList<>(4);

  byte[] body = NOTHING;
  int bodyLength;

  /** Whether the connection ends with it. */
  boolean close;

  private Answer(int status) {
    this.status = status;
  }

  /** With a request id of its own and no body. */
  static Answer of(int status) {
    Answer answer = new Answer(status);
    ThreadLocalRandom random = ThreadLocalRandom.current();
    answer.requestIdHigh = random.nextLong() & 0xffffffff_ffff0fffL | 0x4000L;
    answer.requestIdLow = random.nextLong() & 0x3fffffff_ffffffffL | 0x80000000_00000000L;
    return answer;
  }

  /** With the request id of an invocation. */
  static Answer of(int status, long requestIdHigh, long requestIdLow) {
    Answer answer = new Answer(status);
    answer.requestIdHigh = requestIdHigh;
    answer.requestIdLow = requestIdLow;
    return answer;
  }

  static Answer json(int status, Object value) {
    return of(status).body(Json.bytes(value));
  }

  /** In AWS's envelope; see the reference of errors. */
  static Answer refusal(Refusal refusal) {
    return refusal(refusal, !refusal.code().equals("ValidationException"));
  }

  /** Without a Type, as few refusals are. */
  static Answer untyped(Refusal refusal) {
    return refusal(refusal, false);
  }

  private static Answer refusal(Refusal refusal, boolean typed) {
    Answer answer = of(refusal.statusCode());
    answer.header("x-amzn-ErrorType", refusal.code());
    Map<String, Object> body = new LinkedHashMap<>();
    if (!typed) {
      body.put("message", refusal.message());
    } else {
      if (refusal.reason() != null) {
        body.put("Reason", refusal.reason());
      }
      body.put("Type", refusal.statusCode() < 500 ? "User" : "Service");
      body.put(capital(refusal.code()) ? "Message" : "message", refusal.message());
    }
    return answer.body(Json.bytes(body));
  }

  static Answer refusal(int status, String code, String message) {
    return refusal(new Refusal(status, code, message, null));
  }

  private static boolean capital(String code) {
    for (String each : CAPITAL_FAMILIES) {
      if (code.startsWith(each)) {
        return true;
      }
    }
    return false;
  }

  Answer header(String name, String value) {
    headers.add(name);
    headers.add(value);
    return this;
  }

  Answer body(byte[] bytes) {
    return body(bytes, bytes.length);
  }

  Answer body(byte[] bytes, int length) {
    body = bytes;
    bodyLength = length;
    return this;
  }

  Answer text(String contentType, String text) {
    this.contentType = contentType;
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  Answer closing() {
    close = true;
    return this;
  }

  String requestId() {
    return requestUuid().toString();
  }

  UUID requestUuid() {
    return new UUID(requestIdHigh, requestIdLow);
  }
}
