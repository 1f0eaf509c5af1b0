package io.ringmaster.sandbox.runtimeapi;

import java.nio.charset.StandardCharsets;

/** The calls of the API, told apart by path. */
enum Call {
  NEXT("GET", "/2018-06-01/runtime/invocation/next"),
  INIT_ERROR("POST", "/2018-06-01/runtime/init/error"),
  RESTORE_NEXT("GET", "/2018-06-01/runtime/restore/next"),
  RESTORE_ERROR("POST", "/2018-06-01/runtime/restore/error"),
  PING("GET", "/2018-06-01/ping"),
  /** With an id in its path. */
  RESPONSE("POST", null),
  /** With an id in its path. */
  ERROR("POST", null),
  UNKNOWN("", null);

  /** Before the id of {@link #RESPONSE} and {@link #ERROR}. */
  private static final byte[] INVOCATION = bytes("/2018-06-01/runtime/invocation/");

  private static final byte[] RESPONSE_END = bytes("/response");
  private static final byte[] ERROR_END = bytes("/error");
  private static final Call[] ALL = values();

  /** Characters of a request id. */
  private static final int ID_LENGTH = 36;

  /** Whether AWS serves it to functions with SnapStart only: nobody else has such a path. */
  final boolean forSnapStart;

  final byte[] method;
  private final byte[] path;

  Call(String method, String path) {
    this.method = bytes(method);
    this.forSnapStart = path != null && path.contains("/restore/");
    this.path = path == null ? null : bytes(path);
  }

  static Call of(Request request) {
    for (Call call : ALL) {
      if (call.path != null && request.pathIs(call.path)) {
        return call;
      }
    }
    int length = request.pathLength();
    int start = INVOCATION.length;
    if (length > start && Request.equal(request.target, 0, start, INVOCATION)) {
      if (endsWith(request, length, RESPONSE_END)) {
        return RESPONSE;
      }
      if (endsWith(request, length, ERROR_END)) {
        return ERROR;
      }
    }
    return UNKNOWN;
  }

  /** Whether what is between prefix and end is one segment of a path, and not an empty one. */
  private static boolean endsWith(Request request, int length, byte[] end) {
    int at = length - end.length;
    if (at <= INVOCATION.length || !Request.equal(request.target, at, end.length, end)) {
      return false;
    }
    for (int i = INVOCATION.length; i < at; i++) {
      if (request.target[i] == '/') {
        return false;
      }
    }
    return true;
  }

  /**
   * The slot that holds the invocation whose id is in the path of a {@link #RESPONSE} or {@link
   * #ERROR}; null: none does.
   */
  Slot slot(Request request, Slot[] slots) {
    int start = INVOCATION.length;
    int end = request.pathLength() - (this == RESPONSE ? RESPONSE_END : ERROR_END).length;
    if (end - start != ID_LENGTH) {
      return null;
    }
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < ID_LENGTH; i++) {
      byte b = request.target[start + i];
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (b != '-') {
          return null;
        }
        continue;
      }
      int digit = b < 0 ? -1 : Character.digit(b, 16);
      if (digit < 0) {
        return null;
      }
      if (digits++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    for (Slot slot : slots) {
      if (slot.holds(high, low)) {
        return slot;
      }
    }
    return null;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
