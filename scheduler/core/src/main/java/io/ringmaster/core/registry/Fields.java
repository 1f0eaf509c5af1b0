package io.ringmaster.core.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named texts as the bytes of one record. Whoever reads them asks by name: a name that is not there
 * has a default, one that nobody asks for is no harm, so that records of other versions of the
 * engine can be read.
 *
 * <p>Form: a byte 1; then for each field, by name, length and bytes of name and value (UTF-8, the
 * lengths big-endian in four bytes).
 */
final class Fields {
  private static final byte FORM = 1;

  private final Map<String, String> values = new TreeMap<>();

  /** Sets one; null: it is not there. */
  Fields put(String name, String value) {
    if (value != null) {
      values.put(name, value);
    }
    return this;
  }

  Fields put(String name, long value) {
    return put(name, Long.toString(value));
  }

  /** One that must be there. */
  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field " + name);
    }
    return value;
  }

  /** One that may be missing. */
  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  int number(String name, int otherwise) {
    String value = values.get(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  /** All whose names begin so, without that beginning. */
  Map<String, String> under(String prefix) {
    Map<String, String> found = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }

  byte[] bytes() {
    List<byte[]> texts = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          texts.add(name.getBytes(StandardCharsets.UTF_8));
          texts.add(value.getBytes(StandardCharsets.UTF_8));
        });
    int size = 1 + texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(size).put(FORM);
    texts.forEach(text -> buffer.putInt(text.length).put(text));
    return buffer.array();
  }

  /**
   * @throws IllegalArgumentException the bytes are not what {@link #bytes} makes
   */
  static Fields of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (!buffer.hasRemaining() || buffer.get() != FORM) {
      throw new IllegalArgumentException("not a record of fields");
    }
    Fields fields = new Fields();
    while (buffer.hasRemaining()) {
      String name = text(buffer);
      fields.put(name, text(buffer));
    }
    return fields;
  }

  private static String text(ByteBuffer buffer) {
    if (buffer.remaining() < Integer.BYTES) {
      throw new IllegalArgumentException("the record of fields is cut");
    }
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new IllegalArgumentException("the record of fields is cut");
    }
    byte[] text = new byte[length];
    buffer.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
