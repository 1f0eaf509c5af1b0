package io.ringmaster.lambdahttp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Percent-encoding of paths and queries, strict: what is not well formed is refused. */
final class Percent {
  private static final int PARAMETERS_MAX = 200;

  /** A path or query that cannot be decoded. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  private Percent() {}

  /**
   * Decodes one segment of a path, or one name or value of a query.
   *
   * @param plus whether {@code +} is a blank, as in queries
   */
  static String decode(String text, boolean plus) throws MalformedException {
    if (text.indexOf('%') < 0 && (!plus || text.indexOf('+') < 0)) {
      return text;
    }
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '%') {
        int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0 || text.charAt(i + 1) > 'f' || text.charAt(i + 2) > 'f') {
          throw new MalformedException("malformed percent-encoding");
        }
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else if (each == '+' && plus) {
        bytes[length++] = ' ';
      } else if (each > 0x7f) {
        throw new MalformedException("not ASCII");
      } else {
        bytes[length++] = (byte) each;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("not UTF-8: " + e.getMessage());
    }
  }

  /** Decodes a query; each name with its values in their order. */
  static Map<String, List<String>> query(String text) throws MalformedException {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    int count = 0;
    for (String each : text.split("&", -1)) {
      if (each.isEmpty()) {
        continue;
      }
      if (++count > PARAMETERS_MAX) {
        throw new MalformedException("more than " + PARAMETERS_MAX + " parameters");
      }
      int mark = each.indexOf('=');
      String name = decode(mark < 0 ? each : each.substring(0, mark), true);
      String value = mark < 0 ? "" : decode(each.substring(mark + 1), true);
      parameters.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
    }
    return parameters;
  }
}
