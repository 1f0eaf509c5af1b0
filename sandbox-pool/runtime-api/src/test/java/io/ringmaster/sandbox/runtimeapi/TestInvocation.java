package io.ringmaster.sandbox.runtimeapi;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** An invocation as the dispatcher would offer it. */
final class TestInvocation implements Invocation {
  static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:live";

  private static final byte[] ARN_BYTES = ARN.getBytes(StandardCharsets.UTF_8);

  final long sequence;
  final UUID id;
  final byte[] payload;
  final ResponseBuffer answer = new ResponseBuffer();
  String trace;
  String clientContext;
  String cognito;
  String tenant;
  int windowBytes = Integer.MAX_VALUE;

  TestInvocation(long sequence, String payload) {
    this(sequence, payload.getBytes(StandardCharsets.UTF_8));
  }

  TestInvocation(long sequence, byte[] payload) {
    this.sequence = sequence;
    this.payload = payload;
    this.id = new UUID(0x8476a536e9f44c11L, 0x9bf0_0000_0000_0000L | sequence);
  }

  String answerText() {
    return new String(answer.array(), 0, answer.length(), StandardCharsets.UTF_8);
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public long requestIdHigh() {
    return id.getMostSignificantBits();
  }

  @Override
  public long requestIdLow() {
    return id.getLeastSignificantBits();
  }

  @Override
  public long deadlineEpochMs() {
    return 1_764_000_000_123L;
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
    return ARN_BYTES;
  }

  @Override
  public String traceHeader() {
    return trace;
  }

  @Override
  public String clientContext() {
    return clientContext;
  }

  @Override
  public String cognitoIdentity() {
    return cognito;
  }

  @Override
  public String tenantId() {
    return tenant;
  }

  @Override
  public int windowBytes() {
    return windowBytes;
  }

  @Override
  public ResponseBuffer responseBuffer() {
    return answer;
  }
}
