package io.ringmaster.grpc.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.ringmaster.grpc.v1.Refusal;

/** A call was not served: AWS's name of the error, its text, and how the server said it. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status.Code grpcCode;
  private final int statusCode;
  private final String code;
  private final String reason;
  private final String requestId;

  private RefusedException(
      String message,
      Throwable cause,
      Status.Code grpcCode,
      int statusCode,
      String code,
      String reason,
      String requestId) {
    super(message, cause);
    this.grpcCode = grpcCode;
    this.statusCode = statusCode;
    this.code = code;
    this.reason = reason;
    this.requestId = requestId;
  }

  /**
   * What a failed RPC says, as stubs throw it; without details it is a fault of the connection or
   * of gRPC.
   */
  public static RefusedException of(Throwable failed) {
    Status status = Status.fromThrowable(failed);
    com.google.rpc.Status details = StatusProto.fromThrowable(failed);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return of(failed, status, details.getMessage(), detail);
        }
      }
    }
    return new RefusedException(
        status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription()),
        failed,
        status.getCode(),
        0,
        "",
        "",
        "");
  }

  private static RefusedException of(Throwable failed, Status status, String text, Any detail) {
    ErrorInfo info;
    int statusCode;
    try {
      info = detail.unpack(ErrorInfo.class);
      statusCode = Integer.parseInt(info.getMetadataOrDefault("statusCode", "0"));
    } catch (InvalidProtocolBufferException | NumberFormatException foreign) {
      return new RefusedException(text, failed, status.getCode(), 0, "", "", "");
    }
    return new RefusedException(
        info.getReason() + ": " + text,
        failed,
        status.getCode(),
        statusCode,
        info.getReason(),
        info.getMetadataOrDefault("reason", ""),
        info.getMetadataOrDefault("requestId", ""));
  }

  /** What a stream says of one of its calls. */
  static RefusedException of(Refusal refusal) {
    return new RefusedException(
        refusal.getCode() + ": " + refusal.getMessage(),
        null,
        Status.fromCodeValue(refusal.getGrpcCode()).getCode(),
        refusal.getStatusCode(),
        refusal.getCode(),
        refusal.getReason(),
        refusal.getRequestId());
  }

  /** gRPC's code. */
  public Status.Code grpcCode() {
    return grpcCode;
  }

  /** The status that Lambda's HTTP API answers with; 0: the server did not say. */
  public int statusCode() {
    return statusCode;
  }

  /** AWS's name of the error, such as {@code ResourceNotFoundException}; empty: not said. */
  public String code() {
    return code;
  }

  /** AWS's Reason of a throttle; else empty. */
  public String reason() {
    return reason;
  }

  /** A UUID; empty: not said. */
  public String requestId() {
    return requestId;
  }
}
