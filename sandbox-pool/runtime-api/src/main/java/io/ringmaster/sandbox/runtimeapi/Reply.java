package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** An answer to the runtime that is not an invocation. Immutable. */
final class Reply {
  static final Reply ACCEPTED = json(202, "Accepted", "{\"status\":\"OK\"}".getBytes(ascii()));
  static final Reply PONG =
      new Reply(200, "OK", "text/plain; charset=utf-8", "pong".getBytes(ascii()));
  static final Reply NOT_FOUND = text(404, "Not Found", "404 page not found\n");
  static final Reply METHOD_NOT_ALLOWED = text(405, "Method Not Allowed", "");
  static final Reply INVALID_REQUEST_ID =
      error(400, "Bad Request", "Invalid request ID", "InvalidRequestID");
  static final Reply INVALID_RESPONSE_MODE =
      error(400, "Bad Request", "Invalid function response mode", "InvalidFunctionResponseMode");
  static final Reply TRUNCATED =
      error(400, "Bad Request", "HTTP request detected as truncated", "TruncatedHTTPRequest");
  static final Reply TOO_LARGE =
      error(
          413,
          "Request Entity Too Large",
          "Exceeded maximum allowed payload size (" + ErrorTypes.PAYLOAD_BYTES_MAX + " bytes).",
          "RequestEntityTooLarge");
  static final Reply TOO_MANY_CONNECTIONS =
      text(503, "Service Unavailable", "too many connections\n");

  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ascii());

  private final int status;
  private final byte[] keep;
  private final byte[] close;

  private Reply(int status, String reason, String type, byte[] body) {
    this.status = status;
    this.keep = render(status, reason, type, body, true);
    this.close = render(status, reason, type, body, false);
  }

  private static Charset ascii() {
    return StandardCharsets.US_ASCII;
  }

  private static Reply json(int status, String reason, byte[] body) {
    return new Reply(status, reason, "application/json", body);
  }

  private static Reply text(int status, String reason, String body) {
    return new Reply(status, reason, "text/plain; charset=utf-8", body.getBytes(ascii()));
  }

  private static Reply error(int status, String reason, String message, String type) {
    return json(status, reason, ErrorTypes.document(message, type));
  }

  /** What a runtime gets that calls out of order. */
  static Reply invalidTransition(RuntimeState from, RuntimeState to) {
    return error(403, "Forbidden", from.denied(to), "InvalidStateTransition");
  }

  /** What a client gets that does not speak HTTP as it is spoken here. */
  static Reply refusal(int status) {
    return switch (status) {
      case 413 -> TOO_LARGE;
      case 414 -> text(414, "URI Too Long", "414 URI Too Long\n");
      case 417 -> text(417, "Expectation Failed", "417 Expectation Failed\n");
      case 431 ->
          text(431, "Request Header Fields Too Large", "431 Request Header Fields Too Large\n");
      case 501 -> text(501, "Not Implemented", "501 Unsupported transfer encoding\n");
      case 505 -> text(505, "HTTP Version Not Supported", "505 HTTP Version Not Supported\n");
      default -> text(400, "Bad Request", "400 Bad Request\n");
    };
  }

  int status() {
    return status;
  }

  ByteBuf write(ByteBufAllocator allocator, boolean keepAlive) {
    byte[] bytes = keepAlive ? keep : close;
    return allocator.ioBuffer(bytes.length).writeBytes(bytes);
  }

  static ByteBuf writeContinue(ByteBufAllocator allocator) {
    return allocator.ioBuffer(CONTINUE.length).writeBytes(CONTINUE);
  }

  private static byte[] render(
      int status, String reason, String type, byte[] body, boolean keepAlive) {
    String head =
        "HTTP/1.1 "
            + status
            + " "
            + reason
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + (keepAlive ? "" : "\r\nConnection: close")
            + "\r\n\r\n";
    byte[] headBytes = head.getBytes(ascii());
    byte[] all = new byte[headBytes.length + body.length];
    System.arraycopy(headBytes, 0, all, 0, headBytes.length);
    System.arraycopy(body, 0, all, headBytes.length, body.length);
    return all;
  }
}
