package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Messages of {@code application/vnd.amazon.eventstream}: length of all, length of the headers,
 * checksum of both, headers, payload, checksum of everything before it. Any thread.
 */
final class EventStream {
  static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  private static final int PRELUDE_BYTES = 8;
  private static final int CHECKSUM_BYTES = 4;
  private static final int STRING_TYPE = 7;
  private static final byte[] CHUNK_HEADERS =
      headers(
          ":message-type", "event",
          ":event-type", "PayloadChunk",
          ":content-type", "application/octet-stream");
  private static final byte[] COMPLETE_HEADERS =
      headers(
          ":message-type", "event",
          ":event-type", "InvokeComplete",
          ":content-type", "application/json");

  private EventStream() {}

  private static byte[] headers(String... namesAndValues) {
    ByteBuf out = Unpooled.buffer();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      byte[] name = namesAndValues[i].getBytes(StandardCharsets.US_ASCII);
      byte[] value = namesAndValues[i + 1].getBytes(StandardCharsets.US_ASCII);
      out.writeByte(name.length).writeBytes(name);
      out.writeByte(STRING_TYPE).writeShort(value.length).writeBytes(value);
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  /** A part of the payload; not copied. */
  static ByteBuf chunk(byte[] payload) {
    return message(CHUNK_HEADERS, payload);
  }

  /** The end, and how it came to it. */
  static ByteBuf complete(Map<String, Object> members) {
    return message(COMPLETE_HEADERS, Json.bytes(members));
  }

  private static ByteBuf message(byte[] headers, byte[] payload) {
    int begin = PRELUDE_BYTES + CHECKSUM_BYTES + headers.length;
    ByteBuf head = Unpooled.buffer(begin, begin);
    head.writeInt(begin + payload.length + CHECKSUM_BYTES).writeInt(headers.length);
    CRC32 checksum = new CRC32();
    checksum.update(head.array(), 0, PRELUDE_BYTES);
    head.writeInt((int) checksum.getValue()).writeBytes(headers);
    checksum.update(head.array(), PRELUDE_BYTES, begin - PRELUDE_BYTES);
    checksum.update(payload);
    ByteBuf foot = Unpooled.buffer(CHECKSUM_BYTES, CHECKSUM_BYTES);
    foot.writeInt((int) checksum.getValue());
    return Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(payload), foot);
  }
}
