package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The answer to a poll: an invocation, as head and event. */
final class EventReply {
  private static final byte[] STATUS =
      bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ");
  private static final byte[] DEADLINE = bytes("\r\nLambda-Runtime-Deadline-Ms: ");
  private static final byte[] ARN = bytes("\r\nLambda-Runtime-Invoked-Function-Arn: ");
  private static final byte[] TRACE = bytes("\r\nLambda-Runtime-Trace-Id: ");
  private static final byte[] CLIENT_CONTEXT = bytes("\r\nLambda-Runtime-Client-Context: ");
  private static final byte[] COGNITO = bytes("\r\nLambda-Runtime-Cognito-Identity: ");
  private static final byte[] TENANT = bytes("\r\nLambda-Runtime-Aws-Tenant-Id: ");
  private static final byte[] LENGTH = bytes("\r\nContent-Length: ");
  private static final byte[] CLOSE = bytes("\r\nConnection: close");
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] HEX = bytes("0123456789abcdef");

  private EventReply() {}

  static ByteBuf write(ByteBufAllocator allocator, Slot slot, boolean keepAlive) {
    byte[] event = slot.payload();
    boolean inline = event.length <= Slot.KEPT_BYTES_MAX;
    ByteBuf to = allocator.ioBuffer(512 + (inline ? slot.payloadLength : 0));
    to.writeBytes(STATUS);
    id(to, slot.requestIdHigh, slot.requestIdLow);
    to.writeBytes(DEADLINE);
    number(to, slot.deadlineEpochMs);
    to.writeBytes(ARN).writeBytes(slot.arn, 0, slot.arnLength);
    text(to, TRACE, slot.traceHeader);
    text(to, CLIENT_CONTEXT, slot.clientContext);
    text(to, COGNITO, slot.cognitoIdentity);
    text(to, TENANT, slot.tenantId);
    to.writeBytes(LENGTH);
    number(to, slot.payloadLength);
    if (!keepAlive) {
      to.writeBytes(CLOSE);
    }
    to.writeBytes(END);
    if (inline) {
      return to.writeBytes(event, 0, slot.payloadLength);
    }
    return Unpooled.wrappedBuffer(to, Unpooled.wrappedBuffer(event, 0, slot.payloadLength));
  }

  /** A field, unless it is empty. What would end it becomes a blank, as AWS's server has it. */
  private static void text(ByteBuf to, byte[] name, String value) {
    if (value == null || value.isEmpty()) {
      return;
    }
    to.writeBytes(name);
    int from = to.writerIndex();
    ByteBufUtil.writeUtf8(to, value);
    for (int i = from; i < to.writerIndex(); i++) {
      byte b = to.getByte(i);
      if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
        to.setByte(i, ' ');
      }
    }
  }

  private static void number(ByteBuf to, long value) {
    if (value < 0) {
      to.writeByte('-');
    }
    long divisor = 1;
    while (value / divisor >= 10 || value / divisor <= -10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      to.writeByte('0' + (int) Math.abs(value / divisor % 10));
    }
  }

  private static void id(ByteBuf to, long high, long low) {
    for (int i = 0; i < 32; i++) {
      if (i == 8 || i == 12 || i == 16 || i == 20) {
        to.writeByte('-');
      }
      long half = i < 16 ? high : low;
      to.writeByte(HEX[(int) (half >>> (60 - 4 * (i & 15))) & 15]);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
