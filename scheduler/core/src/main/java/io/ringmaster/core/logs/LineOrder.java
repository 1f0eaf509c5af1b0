package io.ringmaster.core.logs;

import io.ringmaster.api.LogEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;

/**
 * Where a line stands among all lines of its group: by time, then stream, then its place in it.
 *
 * @param epochMs when it was logged
 * @param stream its stream
 * @param position its place in its stream
 */
record LineOrder(long epochMs, String stream, long position) implements Comparable<LineOrder> {
  private static final Comparator<LineOrder> ORDER =
      Comparator.comparingLong(LineOrder::epochMs)
          .thenComparing(LineOrder::stream)
          .thenComparingLong(LineOrder::position);

  @Override
  public int compareTo(LineOrder other) {
    return ORDER.compare(this, other);
  }

  /** As {@link #ofToken} reads it. */
  String token() {
    byte[] name = stream.getBytes(StandardCharsets.UTF_8);
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES + name.length)
            .putLong(epochMs)
            .putLong(position)
            .put(name)
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The place that a token names.
   *
   * @param token null: before everything
   * @throws IllegalArgumentException it is none
   */
  static LineOrder ofToken(String token) {
    if (token == null) {
      return new LineOrder(Long.MIN_VALUE, "", -1);
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
      if (bytes.remaining() >= 2 * Long.BYTES) {
        long epochMs = bytes.getLong();
        long position = bytes.getLong();
        return new LineOrder(epochMs, StandardCharsets.UTF_8.decode(bytes).toString(), position);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("The specified nextToken is invalid.", e);
    }
    throw new IllegalArgumentException("The specified nextToken is invalid.");
  }

  /** A name for the line that no other line of its group has. */
  String id() {
    long name = 1125899906842597L;
    for (int i = 0; i < stream.length(); i++) {
      name = 31 * name + stream.charAt(i);
    }
    return String.format("%016x%016x%016x", epochMs, name, position);
  }

  LogEvent event(String message) {
    return new LogEvent(epochMs, stream, id(), message);
  }
}
