package io.ringmaster.sandbox.runtimeapi;

import java.nio.charset.StandardCharsets;

/** The parts of a request that are kept: one object per connection, reused. Event loop only. */
final class Request {
  /** Longest path that is told from others; the API's own have 83 bytes. */
  static final int TARGET_MAX = 1024;

  static final int METHOD_MAX = 16;

  final byte[] method = new byte[METHOD_MAX];
  int methodLength;
  final byte[] target = new byte[TARGET_MAX];
  int targetLength;

  /** Whether the connection serves another request afterwards. */
  boolean keepAlive;

  /** Length of the body; −1: chunked. */
  long contentLength;

  boolean expectsContinue;

  /** Whether the trailer's fields are kept: set by who got the head. */
  boolean keepsTrailer;

  /** Of the head; null: none. */
  String contentType;

  /** Of the head; null: none. */
  String responseMode;

  /** Of the head; null: none. */
  String errorType;

  /** Of the head; null: none, or it is too long. */
  String xrayErrorCause;

  /** Of the trailer; null: none. */
  String trailerErrorType;

  /** Of the trailer; null: none. */
  String errorBody;

  void clear() {
    methodLength = 0;
    targetLength = 0;
    keepAlive = false;
    contentLength = 0;
    expectsContinue = false;
    keepsTrailer = false;
    contentType = null;
    responseMode = null;
    errorType = null;
    xrayErrorCause = null;
    trailerErrorType = null;
    errorBody = null;
  }

  boolean methodIs(byte[] name) {
    return equal(method, 0, methodLength, name);
  }

  /** Whether the path is {@code expected}; a query does not count. */
  boolean pathIs(byte[] expected) {
    return equal(target, 0, pathLength(), expected);
  }

  /** Where the path ends and a query begins. */
  int pathLength() {
    for (int i = 0; i < targetLength; i++) {
      if (target[i] == '?') {
        return i;
      }
    }
    return targetLength;
  }

  /** Method and path, for texts. */
  @Override
  public String toString() {
    return new String(method, 0, methodLength, StandardCharsets.ISO_8859_1)
        + " "
        + new String(target, 0, targetLength, StandardCharsets.ISO_8859_1);
  }

  static boolean equal(byte[] bytes, int offset, int length, byte[] expected) {
    if (length != expected.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
