package io.ringmaster.bench.floor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The frames of the inline channel (tools/docs/channel.md) as the bare loops need them: the same
 * bytes for each invocation, but for the sequence.
 */
final class Frames {
  /** The event of all benchmarks: JSON, 64 bytes. */
  static final byte[] EVENT =
      ("{\"data\":\"" + "x".repeat(53) + "\"}").getBytes(StandardCharsets.US_ASCII);

  static final int HEADER_BYTES = 16;
  static final int KIND_STARTED = 16;
  static final int KIND_RESPONSE = 19;

  private static final int KIND_BIND = 1;
  private static final int KIND_INVOKE = 2;
  private static final int FIGURES_BYTES = 16;
  private static final int INVOKE_HEADER_BYTES = 56;
  private static final long SEQUENCE = 8;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long DEADLINE_MS = 60_000;

  private Frames() {}

  /** A BIND frame for the echo function. */
  static MemorySegment bind(Linux linux, Path code, String handler) {
    String body =
        "{\"code\": \""
            + code
            + "\", \"handler\": \""
            + handler
            + "\", \"memoryMb\": 1769, \"functionName\": \"echo\","
            + " \"functionVersion\": \"$LATEST\", \"logGroup\": \"/aws/lambda/echo\","
            + " \"logStream\": \"2026/01/01/[$LATEST]0\"}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    MemorySegment frame = linux.allocate(HEADER_BYTES + bytes.length);
    header(frame, bytes.length, KIND_BIND);
    MemorySegment.copy(bytes, 0, frame, JAVA_BYTE, HEADER_BYTES, bytes.length);
    return frame;
  }

  /** An INVOKE frame with the 64-byte event, sequence 1. */
  static MemorySegment invoke(Linux linux) {
    byte[] requestId = "01234567-89ab-4cde-8f01-23456789abcd".getBytes(StandardCharsets.US_ASCII);
    byte[] arn =
        "arn:aws:lambda:us-east-1:123456789012:function:echo".getBytes(StandardCharsets.US_ASCII);
    int body = INVOKE_HEADER_BYTES + arn.length + EVENT.length;
    MemorySegment frame = linux.allocate(HEADER_BYTES + body);
    header(frame, body, KIND_INVOKE);
    frame.set(LONG, HEADER_BYTES, System.currentTimeMillis() + DEADLINE_MS);
    MemorySegment.copy(requestId, 0, frame, JAVA_BYTE, HEADER_BYTES + 8, requestId.length);
    frame.set(SHORT, HEADER_BYTES + 44, (short) arn.length);
    long at = HEADER_BYTES + INVOKE_HEADER_BYTES;
    MemorySegment.copy(arn, 0, frame, JAVA_BYTE, at, arn.length);
    MemorySegment.copy(EVENT, 0, frame, JAVA_BYTE, at + arn.length, EVENT.length);
    sequence(frame, 1);
    return frame;
  }

  /** Where an INVOKE frame has its event: for another of the same length. */
  static ByteBuffer event(MemorySegment frame) {
    return frame.asSlice(frame.byteSize() - EVENT.length).asByteBuffer();
  }

  /** What a response of so many bytes, header included, answers; a copy. */
  static byte[] answer(MemorySegment frame, long bytes) {
    long head = HEADER_BYTES + FIGURES_BYTES;
    return frame.asSlice(head, bytes - head).toArray(JAVA_BYTE);
  }

  private static void header(MemorySegment frame, int bodyBytes, int kind) {
    frame.set(INT, 0, bodyBytes);
    frame.set(JAVA_BYTE, 4, (byte) kind);
  }

  /** What a whole frame says that it has, header included. */
  static long size(MemorySegment frame) {
    return HEADER_BYTES + (long) frame.get(INT, 0);
  }

  static void sequence(MemorySegment frame, long sequence) {
    frame.set(LONG, SEQUENCE, sequence);
  }

  /**
   * Checks that a whole answer with the event's length or more came; that much the floor has to do
   * too.
   */
  static void checkResponse(MemorySegment frame, long bytes, long sequence) {
    if (bytes < HEADER_BYTES + FIGURES_BYTES + EVENT.length
        || frame.get(INT, 0) != bytes - HEADER_BYTES
        || frame.get(JAVA_BYTE, 4) != KIND_RESPONSE
        || frame.get(LONG, SEQUENCE) != sequence) {
      throw new IllegalStateException(
          "a bare loop answered " + bytes + " bytes that are no response to " + sequence);
    }
  }

  static void checkStarted(MemorySegment frame, long bytes) {
    if (bytes != HEADER_BYTES || frame.get(JAVA_BYTE, 4) != KIND_STARTED) {
      throw new IllegalStateException("a bare loop did not start: " + bytes + " bytes came");
    }
  }
}
