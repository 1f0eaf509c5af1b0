package io.ringmaster.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

/**
 * What a handler is told about its invocation. Any thread, once {@link #readFacts} came back;
 * immutable from then on.
 */
final class InvocationContext implements Context {
  private static final int REQUEST_ID_CHARS = 36;
  private static final int FIELDS_BYTES = 56;

  private final Binding binding;
  private final LambdaLogger logger;
  private final long deadlineMs;
  private final String requestId;
  private final String arn;
  private final String trace;
  private final String clientText;
  private final String identityText;
  private final String tenant;
  private final int eventStart;
  private ClientContext client;
  private CognitoIdentity identity;

  /**
   * Reads the fields of an INVOKE frame.
   *
   * @param body where the frame's body starts, {@code end} where it ends
   * @throws IllegalArgumentException when they do not fit
   */
  InvocationContext(Binding binding, LambdaLogger logger, byte[] frame, int body, int end) {
    eventStart = eventStart(frame, body, end);
    this.binding = binding;
    this.logger = logger;
    deadlineMs = (long) Channel.LONG.get(frame, body);
    requestId = text(frame, body + 8, REQUEST_ID_CHARS);
    int arnBytes = (short) Channel.SHORT.get(frame, body + 44) & 0xFFFF;
    int traceBytes = (short) Channel.SHORT.get(frame, body + 46) & 0xFFFF;
    int clientBytes = (int) Channel.INT.get(frame, body + 48);
    int identityBytes = (short) Channel.SHORT.get(frame, body + 52) & 0xFFFF;
    int tenantBytes = (short) Channel.SHORT.get(frame, body + 54) & 0xFFFF;
    int at = body + FIELDS_BYTES;
    arn = text(frame, at, arnBytes);
    at += arnBytes;
    trace = traceBytes == 0 ? null : text(frame, at, traceBytes);
    at += traceBytes;
    clientText = clientBytes == 0 ? null : text(frame, at, clientBytes);
    at += clientBytes;
    identityText = identityBytes == 0 ? null : text(frame, at, identityBytes);
    at += identityBytes;
    tenant = tenantBytes == 0 ? null : text(frame, at, tenantBytes);
  }

  /**
   * Where the event starts in an INVOKE frame.
   *
   * @param body where the frame's body starts, {@code end} where it ends
   * @throws IllegalArgumentException when its fields do not fit
   */
  static int eventStart(byte[] frame, int body, int end) {
    if (end - body < FIELDS_BYTES) {
      throw new IllegalArgumentException("a request of " + (end - body) + " bytes");
    }
    int clientBytes = (int) Channel.INT.get(frame, body + 48);
    long all =
        ((short) Channel.SHORT.get(frame, body + 44) & 0xFFFFL)
            + ((short) Channel.SHORT.get(frame, body + 46) & 0xFFFF)
            + clientBytes
            + ((short) Channel.SHORT.get(frame, body + 52) & 0xFFFF)
            + ((short) Channel.SHORT.get(frame, body + 54) & 0xFFFF);
    if (clientBytes < 0 || all > end - body - FIELDS_BYTES) {
      throw new IllegalArgumentException("fields of " + all + " bytes");
    }
    return body + FIELDS_BYTES + (int) all;
  }

  /** Reads what the caller wrote, who may have written anything; before the handler has this. */
  void readFacts() {
    if (clientText != null) {
      client = Json.of(ClientFacts.class).fromJson(clientText);
    }
    if (identityText != null) {
      identity = Json.of(Identity.class).fromJson(identityText);
    }
  }

  private static String text(byte[] frame, int start, int length) {
    return new String(frame, start, length, UTF_8);
  }

  /** Where in the frame the event starts. */
  int eventStart() {
    return eventStart;
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return binding.logGroup();
  }

  @Override
  public String getLogStreamName() {
    return binding.logStream();
  }

  @Override
  public String getFunctionName() {
    return binding.functionName();
  }

  @Override
  public String getFunctionVersion() {
    return binding.functionVersion();
  }

  @Override
  public String getInvokedFunctionArn() {
    return arn;
  }

  @Override
  public CognitoIdentity getIdentity() {
    return identity;
  }

  @Override
  public ClientContext getClientContext() {
    return client;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) Math.max(Integer.MIN_VALUE, deadlineMs - System.currentTimeMillis());
  }

  @Override
  public int getMemoryLimitInMB() {
    return binding.memoryMb();
  }

  @Override
  public LambdaLogger getLogger() {
    return logger;
  }

  @Override
  public String getTenantId() {
    return tenant;
  }

  @Override
  public String getXrayTraceId() {
    return trace;
  }
}
