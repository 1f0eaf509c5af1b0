package io.ringmaster.core.record;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * One line, rendered into bytes that are used again for the next. Allocates nothing but to grow,
 * and once a second for the time. One thread.
 */
final class LineBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int UUID_BYTES = 36;

  private byte[] bytes = new byte[512];
  private int length;
  private long isoSecond = Long.MIN_VALUE;
  private byte[] iso = {};

  /** The rendered line, from index 0; valid until the next one is begun. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** The line as it is; {@link #restore} brings it back. */
  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  void restore(byte[] line) {
    length = 0;
    reserve(line.length);
    System.arraycopy(line, 0, bytes, 0, line.length);
    length = line.length;
  }

  LineBuffer begin() {
    length = 0;
    return this;
  }

  void end() {
    reserve(1);
    bytes[length++] = '\n';
  }

  private void reserve(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }
  }

  @SuppressWarnings(
      "deprecation") // The low byte of each character is what is wanted: the texts are ASCII.
  LineBuffer ascii(String text) {
    int count = text.length();
    reserve(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  LineBuffer utf8(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    reserve(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
    return this;
  }

  LineBuffer uuid(long high, long low) {
    reserve(UUID_BYTES);
    hex(high >>> 32, 8);
    bytes[length++] = '-';
    hex(high >>> 16, 4);
    bytes[length++] = '-';
    hex(high, 4);
    bytes[length++] = '-';
    hex(low >>> 48, 4);
    bytes[length++] = '-';
    hex(low, 12);
    return this;
  }

  LineBuffer uuid(LogEntry entry) {
    return uuid(entry.requestIdHigh, entry.requestIdLow);
  }

  private void hex(long value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[(int) (value >>> shift) & 0xF];
    }
  }

  LineBuffer number(long value) {
    digits(Math.max(0, value), 1);
    return this;
  }

  /** Nanoseconds as milliseconds with two decimals. */
  LineBuffer hundredths(long ns) {
    long value = (Math.max(0, ns) + 5_000) / 10_000;
    digits(value / 100, 1);
    ascii(".");
    digits(value % 100, 2);
    return this;
  }

  /** Nanoseconds as milliseconds with up to three decimals. */
  LineBuffer thousandths(long ns) {
    long value = (Math.max(0, ns) + 500) / 1_000;
    digits(value / 1000, 1);
    int decimals = (int) (value % 1000);
    if (decimals != 0) {
      ascii(".");
      digits(decimals, 3);
      while (bytes[length - 1] == '0') {
        length--;
      }
    }
    return this;
  }

  private void digits(long value, int least) {
    int count = least;
    for (long rest = value; rest >= power(count); ) {
      count++;
    }
    reserve(count);
    long rest = value;
    for (int at = length + count - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }

  private static long power(int digits) {
    long value = 1;
    for (int i = 0; i < digits && value <= Long.MAX_VALUE / 10; i++) {
      value *= 10;
    }
    return value;
  }

  LineBuffer iso(long epochMs) {
    long second = Math.floorDiv(epochMs, 1000L);
    if (second != isoSecond) {
      isoSecond = second;
      iso =
          LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC)
              .toString()
              .getBytes(StandardCharsets.US_ASCII);
      if (iso.length == "2026-01-01T00:00".length()) {
        iso =
            (new String(iso, StandardCharsets.US_ASCII) + ":00")
                .getBytes(StandardCharsets.US_ASCII);
      }
    }
    reserve(iso.length);
    System.arraycopy(iso, 0, bytes, length, iso.length);
    length += iso.length;
    ascii(".");
    digits(Math.floorMod(epochMs, 1000L), 3);
    return ascii("Z");
  }
}
