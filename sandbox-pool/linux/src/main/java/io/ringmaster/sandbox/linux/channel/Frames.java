package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The numbers of the channel, and how the engine's frames are written. */
public final class Frames {
  /** Bytes of every frame's header. */
  public static final int HEADER_BYTES = 16;

  /** Longest body. */
  public static final int BODY_BYTES_MAX = 6_356_992;

  /** Longest answer of a function that is passed on, and longest event. */
  public static final int PAYLOAD_BYTES_MAX = 6_291_556;

  static final int FIGURES_BYTES = 16;
  static final int BIND = 1;
  static final int INVOKE = 2;
  static final int SHUTDOWN = 3;
  static final int DOORBELL = 4;
  static final int STARTED = 16;
  static final int READY = 17;
  static final int INIT_ERROR = 18;
  static final int RESPONSE = 19;
  static final int ERROR = 20;
  static final int CHUNK = 21;
  static final int BELL = 22;
  static final int SKIPPED = 23;

  /** Flag of the first CHUNK: the stream begins with an HTTP prelude. */
  static final byte HTTP_INTEGRATION = 1;

  /** Flag of a RESPONSE or an ERROR: the process ends by itself after it. */
  static final byte PROCESS_ENDS = 2;

  /** Flag of an INVOKE in a slot: it may be taken back. */
  static final int REVOCABLE = 4;

  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  /** What the caller gets instead of an answer that is too long. */
  static final byte[] RESPONSE_TOO_LARGE =
      ("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size ("
              + PAYLOAD_BYTES_MAX
              + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}")
          .getBytes(StandardCharsets.UTF_8);

  // Offsets in an INVOKE body.
  private static final int DEADLINE = 0;
  private static final int REQUEST_ID = 8;
  private static final int ARN_LENGTH = 44;
  private static final int TRACE_LENGTH = 46;
  private static final int CLIENT_CONTEXT_LENGTH = 48;
  private static final int COGNITO_LENGTH = 52;
  private static final int TENANT_LENGTH = 54;
  private static final int TEXTS = 56;

  /** What writing a text wants to find free behind it. */
  private static final int TEXT_ROOM = 4;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Frames() {}

  /** Writes a header to the front of {@code to}. */
  static void header(MemorySegment to, int length, int kind, long sequence) {
    to.set(INT, 0, length);
    to.set(INT, 4, kind);
    to.set(LONG, 8, sequence);
  }

  /**
   * A whole BIND frame around its JSON, which is given in parts. Written byte by byte: it is made
   * rarely, and then in code that is not compiled yet.
   *
   * @throws IllegalArgumentException when it is longer than a frame can be
   */
  public static byte[] bind(byte[]... json) {
    int length = 0;
    for (byte[] part : json) {
      length += part.length;
    }
    if (length > BODY_BYTES_MAX) {
      throw new IllegalArgumentException("BIND of " + length + " bytes");
    }
    byte[] frame = new byte[HEADER_BYTES + length];
    for (int i = 0; i < Integer.BYTES; i++) {
      frame[i] = (byte) (length >>> 8 * i);
    }
    frame[4] = BIND;
    int at = HEADER_BYTES;
    for (byte[] part : json) {
      System.arraycopy(part, 0, frame, at, part.length);
      at += part.length;
    }
    return frame;
  }

  /**
   * Writes an INVOKE frame up to where the event begins, and answers that length. The same
   * invocation gives the same bytes again. Only writes: {@code to} may be memory that others write.
   *
   * @throws IllegalArgumentException when its texts do not fit
   */
  static int invokeHead(MemorySegment to, Invocation invocation) {
    return invokeHead(to, invocation, 0);
  }

  /** As the other one, with flags. */
  static int invokeHead(MemorySegment to, Invocation invocation, int flags) {
    int body = HEADER_BYTES;
    to.set(LONG, body + DEADLINE, invocation.deadlineEpochMs());
    uuid(to, body + REQUEST_ID, invocation.requestIdHigh(), invocation.requestIdLow());
    byte[] arn = invocation.invokedFunctionArn();
    int at = body + TEXTS;
    require(arn.length <= 0xffff && at + arn.length <= to.byteSize());
    MemorySegment.copy(arn, 0, to, BYTE, at, arn.length);
    to.set(SHORT, body + ARN_LENGTH, (short) arn.length);
    at += arn.length;
    int length = utf8(to, at, invocation.traceHeader(), 0xffff);
    to.set(SHORT, body + TRACE_LENGTH, (short) length);
    at += length;
    length = utf8(to, at, invocation.clientContext(), Integer.MAX_VALUE);
    to.set(INT, body + CLIENT_CONTEXT_LENGTH, length);
    at += length;
    length = utf8(to, at, invocation.cognitoIdentity(), 0xffff);
    to.set(SHORT, body + COGNITO_LENGTH, (short) length);
    at += length;
    length = utf8(to, at, invocation.tenantId(), 0xffff);
    to.set(SHORT, body + TENANT_LENGTH, (short) length);
    at += length;
    int bodyBytes = at - body + invocation.payloadLength();
    require(bodyBytes <= BODY_BYTES_MAX && invocation.payloadLength() <= PAYLOAD_BYTES_MAX);
    header(to, bodyBytes, INVOKE | flags << 8, invocation.sequence());
    return at;
  }

  /**
   * Whether the whole frame of an invocation is sure to fit into so many bytes; no text is read.
   */
  static boolean fits(Invocation invocation, int bytes) {
    long texts =
        (long) length(invocation.traceHeader())
            + length(invocation.clientContext())
            + length(invocation.cognitoIdentity())
            + length(invocation.tenantId());
    long most = HEADER_BYTES + TEXTS + invocation.invokedFunctionArn().length + 3 * texts;
    return most + TEXT_ROOM + invocation.payloadLength() <= bytes;
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }

  private static void uuid(MemorySegment to, int at, long high, long low) {
    int to0 = at;
    for (int i = 0; i < 32; i++) {
      if (i == 8 || i == 12 || i == 16 || i == 20) {
        to.set(BYTE, to0++, (byte) '-');
      }
      long half = i < 16 ? high : low;
      to.set(BYTE, to0++, HEX[(int) (half >>> 60 - (i & 15) * 4) & 15]);
    }
  }

  /**
   * Writes a text in UTF-8 and answers its length; an unpaired surrogate becomes a question mark.
   */
  private static int utf8(MemorySegment to, int start, String text, int lengthMax) {
    if (text == null) {
      return 0;
    }
    int at = start;
    int length = text.length();
    for (int i = 0; i < length; i++) {
      require(at + 4 <= to.byteSize());
      int c = text.charAt(i);
      if (c < 0x80) {
        to.set(BYTE, at++, (byte) c);
        continue;
      }
      if (Character.isSurrogate((char) c)) {
        boolean paired =
            Character.isHighSurrogate((char) c)
                && i + 1 < length
                && Character.isLowSurrogate(text.charAt(i + 1));
        c = paired ? Character.toCodePoint((char) c, text.charAt(++i)) : '?';
      }
      at = codePoint(to, at, c);
    }
    require(at - start <= lengthMax);
    return at - start;
  }

  private static int codePoint(MemorySegment to, int start, int c) {
    int at = start;
    if (c < 0x80) {
      to.set(BYTE, at++, (byte) c);
      return at;
    }
    int following = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    int lead = following == 1 ? 0xc0 : following == 2 ? 0xe0 : 0xf0;
    to.set(BYTE, at++, (byte) (lead | c >>> 6 * following));
    while (--following >= 0) {
      to.set(BYTE, at++, (byte) (0x80 | c >>> 6 * following & 0x3f));
    }
    return at;
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("an invocation that does not fit into a frame");
    }
  }
}
