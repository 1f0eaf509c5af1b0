package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes heads of answers in HTTP/1.1. Any thread. */
final class Http1Writer {
  static final long CHUNKED = -1;
  static final long UNTIL_CLOSED = -2;
  static final byte[] LINE_END = {'\r', '\n'};

  private static final byte[][] STATUS_LINES = new byte[600][];
  private static final byte[] REQUEST_ID = ascii("x-amzn-RequestId: ");
  private static final byte[] DATE = ascii("\r\nDate: ");
  private static final byte[] CONTENT_TYPE = ascii("\r\nContent-Type: ");
  private static final byte[] CONTENT_LENGTH = ascii("\r\nContent-Length: ");
  private static final byte[] TRANSFER_CHUNKED = ascii("\r\nTransfer-Encoding: chunked");
  private static final byte[] CLOSE = ascii("\r\nConnection: close");
  private static final byte[] KEEP_ALIVE = ascii("\r\nConnection: keep-alive");
  private static final byte[] HEAD_END = ascii("\r\n\r\n");
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** A second and how it is written; replaced as a whole. */
  private record Second(long epoch, byte[] text) {}

  private static volatile Second now = new Second(-1, new byte[0]);

  static {
    for (int i = 100; i < STATUS_LINES.length; i++) {
      STATUS_LINES[i] =
          ascii("HTTP/1.1 " + i + ' ' + HttpResponseStatus.valueOf(i).reasonPhrase() + "\r\n");
    }
  }

  private Http1Writer() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Writes status line and headers.
   *
   * @param length of the body, or {@link #CHUNKED} or {@link #UNTIL_CLOSED}
   */
  static void head(ByteBuf out, Answer answer, long length, boolean closing, boolean http10) {
    out.writeBytes(STATUS_LINES[answer.status]).writeBytes(REQUEST_ID);
    uuid(out, answer.requestIdHigh, answer.requestIdLow);
    out.writeBytes(DATE).writeBytes(date());
    if (answer.status != 204) {
      if (length != 0) {
        out.writeBytes(CONTENT_TYPE);
        value(out, answer.contentType);
      }
      if (length >= 0) {
        out.writeBytes(CONTENT_LENGTH);
        number(out, length);
      } else if (length == CHUNKED) {
        out.writeBytes(TRANSFER_CHUNKED);
      }
    }
    for (int i = 0; i < answer.headers.size(); i += 2) {
      out.writeBytes(LINE_END);
      ByteBufUtil.writeAscii(out, answer.headers.get(i));
      out.writeByte(':').writeByte(' ');
      value(out, answer.headers.get(i + 1));
    }
    if (closing) {
      out.writeBytes(CLOSE);
    } else if (http10) {
      out.writeBytes(KEEP_ALIVE);
    }
    out.writeBytes(HEAD_END);
  }

  /** Nothing that a value holds ends its line. */
  private static void value(ByteBuf out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each < ' ' || each > '~') {
        ByteBufUtil.writeAscii(out, clean(text));
        return;
      }
    }
    ByteBufUtil.writeAscii(out, text);
  }

  /** Printable ASCII; everything else is a question mark. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.chars().forEach(each -> clean.append(each < ' ' || each > '~' ? '?' : (char) each));
    return clean.toString();
  }

  private static void number(ByteBuf out, long value) {
    if (value < 10) {
      out.writeByte((byte) ('0' + value));
    } else {
      ByteBufUtil.writeAscii(out, Long.toString(value));
    }
  }

  private static void uuid(ByteBuf out, long high, long low) {
    out.writeLong(hex((int) (high >>> 32))).writeByte('-');
    long middle = hex((int) high);
    out.writeInt((int) (middle >>> 32)).writeByte('-').writeInt((int) middle).writeByte('-');
    long next = hex((int) (low >>> 32));
    out.writeInt((int) (next >>> 32)).writeByte('-').writeInt((int) next);
    out.writeLong(hex((int) low));
  }

  /** Its eight digits, the first in the highest byte: one write instead of eight. */
  private static long hex(int value) {
    long digits = 0;
    for (int shift = 28; shift >= 0; shift -= 4) {
      digits = digits << 8 | HEX[value >>> shift & 0xf];
    }
    return digits;
  }

  /** The time of day as HTTP writes it. */
  static byte[] date() {
    long second = System.currentTimeMillis() / 1000;
    Second known = now;
    if (known.epoch() != second) {
      known = new Second(second, ascii(FORMAT.format(Instant.ofEpochSecond(second))));
      now = known;
    }
    return known.text();
  }
}
