package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.nio.charset.StandardCharsets;

/** An invocation as a dispatcher would offer it. */
public final class OfferedInvocation implements Invocation {
  int windowBytes = Integer.MAX_VALUE;
  private static final byte[] ARN =
      "arn:aws:lambda:us-east-1:123456789012:function:f".getBytes(StandardCharsets.UTF_8);

  public long sequence;
  public byte[] payload;
  public String traceHeader;
  public String clientContext;
  public String cognitoIdentity;
  public String tenantId;
  public long deadlineEpochMs;
  private final ResponseBuffer buffer = new ResponseBuffer();

  public OfferedInvocation(long sequence, byte[] payload) {
    this.sequence = sequence;
    this.payload = payload;
    deadlineEpochMs = System.currentTimeMillis() + 30_000;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public long requestIdHigh() {
    return 0x1234_5678_9abc_4defL;
  }

  @Override
  public long requestIdLow() {
    return 0x8000_0000_0000_0000L | sequence;
  }

  @Override
  public long deadlineEpochMs() {
    return deadlineEpochMs;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public int payloadOffset() {
    return 0;
  }

  @Override
  public int payloadLength() {
    return payload.length;
  }

  @Override
  public byte[] invokedFunctionArn() {
    return ARN;
  }

  @Override
  public String traceHeader() {
    return traceHeader;
  }

  @Override
  public String clientContext() {
    return clientContext;
  }

  @Override
  public String cognitoIdentity() {
    return cognitoIdentity;
  }

  @Override
  public String tenantId() {
    return tenantId;
  }

  @Override
  public int windowBytes() {
    return windowBytes;
  }

  @Override
  public ResponseBuffer responseBuffer() {
    return buffer;
  }

  public String answer() {
    return new String(buffer.array(), 0, buffer.length(), StandardCharsets.UTF_8);
  }
}
