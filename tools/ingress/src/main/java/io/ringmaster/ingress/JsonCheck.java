package io.ringmaster.ingress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.ringmaster.api.Refusal;
import java.io.IOException;

/**
 * Whether a payload is JSON. A scan without allocation says yes to what it is sure of; the rest is
 * decided by Jackson, whose texts AWS shows.
 */
public final class JsonCheck {
  private static final int DEPTH_MAX = 64;

  /** With Jackson's own limits, as AWS has them. */
  private static final JsonFactory PAYLOADS =
      JsonFactory.builder().enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();

  private final byte[] bytes;
  private final int end;
  private int at;

  private JsonCheck(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** As {@link #problem(byte[], int, int)}, from the first byte. */
  public static String problem(byte[] bytes, int length) {
    return problem(bytes, 0, length);
  }

  /**
   * Looks at {@code length} bytes. Any thread; some milliseconds for megabytes.
   *
   * @return null: they are JSON; else why they are not, in Jackson's words
   */
  public static String problem(byte[] bytes, int from, int length) {
    if (new JsonCheck(bytes, from, from + length).whole()) {
      return null;
    }
    try (JsonParser parser = PAYLOADS.createParser(bytes, from, length)) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return "No content to map due to end-of-input";
      }
      int depth = 0;
      do {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        token = depth == 0 ? null : parser.nextToken();
      } while (depth > 0 && token != null);
      token = parser.nextToken();
      return token == null ? null : "Trailing token (" + token + ") found after value";
    } catch (JsonProcessingException e) {
      return e.getMessage();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** How AWS refuses an event that is no JSON. */
  public static Refusal refusal(String problem) {
    return new Refusal(
        400,
        "InvalidRequestContentException",
        "Could not parse request body into json: Could not parse payload into json: " + problem,
        null);
  }

  private boolean whole() {
    blank();
    if (!value(0)) {
      return false;
    }
    blank();
    return at == end;
  }

  private void blank() {
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }

  private boolean value(int depth) {
    if (at >= end || depth > DEPTH_MAX) {
      return false;
    }
    return switch (bytes[at]) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean object(int depth) {
    at++;
    blank();
    if (at < end && bytes[at] == '}') {
      at++;
      return true;
    }
    while (true) {
      blank();
      if (at >= end || bytes[at] != '"' || !string()) {
        return false;
      }
      blank();
      if (at >= end || bytes[at++] != ':') {
        return false;
      }
      blank();
      if (!value(depth + 1)) {
        return false;
      }
      blank();
      if (at >= end) {
        return false;
      }
      byte next = bytes[at++];
      if (next != ',') {
        return next == '}';
      }
    }
  }

  private boolean array(int depth) {
    at++;
    blank();
    if (at < end && bytes[at] == ']') {
      at++;
      return true;
    }
    while (true) {
      blank();
      if (!value(depth + 1)) {
        return false;
      }
      blank();
      if (at >= end) {
        return false;
      }
      byte next = bytes[at++];
      if (next != ',') {
        return next == ']';
      }
    }
  }

  /** ASCII and well-formed UTF-8 of two and three bytes; the rest is left to Jackson. */
  private boolean string() {
    at++;
    while (at < end) {
      int each = bytes[at++];
      if (each == '"') {
        return true;
      }
      if (each == '\\') {
        if (at >= end || "\"\\/bfnrt".indexOf(bytes[at++]) < 0) {
          return false;
        }
      } else if (each < 0) {
        int more = (each & 0xe0) == 0xc0 && (each & 0x1e) != 0 ? 1 : (each & 0xf0) == 0xe0 ? 2 : -1;
        if (more < 0 || at + more > end) {
          return false;
        }
        if (more == 2 && (each == (byte) 0xe0 || each == (byte) 0xed)) {
          return false;
        }
        for (; more > 0; more--) {
          if ((bytes[at++] & 0xc0) != 0x80) {
            return false;
          }
        }
      } else if (each < ' ') {
        return false;
      }
    }
    return false;
  }

  private boolean word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at >= end || bytes[at++] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean number() {
    if (at < end && bytes[at] == '-') {
      at++;
    }
    if (at < end && bytes[at] == '0') {
      at++;
    } else if (!digits()) {
      return false;
    }
    if (at < end && bytes[at] == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int begin = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at > begin;
  }
}
