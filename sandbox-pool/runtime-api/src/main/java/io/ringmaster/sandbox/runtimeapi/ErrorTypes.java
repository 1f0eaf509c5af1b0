package io.ringmaster.sandbox.runtimeapi;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Types and documents of errors that the Runtime API itself makes. */
final class ErrorTypes {
  /** Longest answer of a function that is passed on in one piece. */
  static final int PAYLOAD_BYTES_MAX = 6_291_556;

  /** What the caller gets instead of an answer that is too long. */
  static final byte[] RESPONSE_TOO_LARGE =
      document(
          "Response payload size exceeded maximum allowed payload size ("
              + PAYLOAD_BYTES_MAX
              + " bytes).",
          "Function.ResponseSizeTooLarge");

  /** What the caller gets when the runtime broke off in the middle of an answer. */
  static final byte[] TRUNCATED =
      document("HTTP request detected as truncated", "Runtime.TruncatedResponse");

  /** What the caller gets when the runtime asked for a response mode that does not exist. */
  static final byte[] INVALID_RESPONSE_MODE =
      document("Invalid function response mode", "Runtime.InvalidResponseModeHeader");

  private static final int TYPE_LENGTH_MAX = 256;
  private static final Pattern VALID = Pattern.compile("(Runtime|Function)\\.[A-Z][a-zA-Z]+");
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private ErrorTypes() {}

  /** The type that counts when a runtime names {@code type}, which may be null. */
  static String valid(String type) {
    if (type == null || type.length() > TYPE_LENGTH_MAX) {
      return "Runtime.Unknown";
    }
    if (VALID.matcher(type).matches()) {
      return type;
    }
    return type.startsWith("Function.") ? "Function.Unknown" : "Runtime.Unknown";
  }

  /** An error document. */
  static byte[] document(String message, String type) {
    StringBuilder text = new StringBuilder(64 + message.length());
    text.append("{\"errorMessage\":\"");
    quote(text, message);
    text.append("\",\"errorType\":\"");
    quote(text, type);
    return text.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void quote(StringBuilder to, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < ' ') {
        to.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
      } else {
        to.append(c);
      }
    }
  }
}
