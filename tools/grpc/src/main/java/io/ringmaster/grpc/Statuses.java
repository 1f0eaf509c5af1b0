package io.ringmaster.grpc;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import io.ringmaster.api.Call;
import io.ringmaster.api.Refusal;
import java.util.UUID;

/** Refusals as gRPC says them. */
final class Statuses {
  /** Domain of every {@link ErrorInfo}. */
  static final String DOMAIN = "ringmaster";

  /**
   * Texts repeat what was sent, and travel in trailers twice: percent-encoded and in Base64. What
   * they take there, about 3 bytes a character of ASCII and 14 of any other, must leave room in the
   * 8 KiB that clients take.
   */
  private static final int TEXT_BYTES_MAX = 6000;

  private Statuses() {}

  static String text(Refusal refusal) {
    String text = refusal.message() == null ? "" : refusal.message();
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      bytes += text.charAt(i) < 0x80 ? 3 : 14;
      if (bytes > TEXT_BYTES_MAX) {
        return text.substring(0, i);
      }
    }
    return text;
  }

  /** The code that a refusal is told with. */
  static Status.Code code(Refusal refusal) {
    return switch (refusal.statusCode()) {
      case 400, 413, 415 -> Status.Code.INVALID_ARGUMENT;
      case 402, 429 -> Status.Code.RESOURCE_EXHAUSTED;
      case 403 -> Status.Code.PERMISSION_DENIED;
      case 404 -> Status.Code.NOT_FOUND;
      case 409, 502 -> Status.Code.FAILED_PRECONDITION;
      case 412 -> Status.Code.ABORTED;
      case 499 -> Status.Code.CANCELLED;
      default -> Status.Code.INTERNAL;
    };
  }

  /** An exception whose trailers have the details. */
  static StatusException exception(Refusal refusal, Status.Code code, String requestId) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder()
            .setReason(refusal.code())
            .setDomain(DOMAIN)
            .putMetadata("statusCode", Integer.toString(refusal.statusCode()));
    if (refusal.reason() != null) {
      info.putMetadata("reason", refusal.reason());
    }
    if (requestId != null) {
      info.putMetadata("requestId", requestId);
    }
    return StatusProto.toStatusException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text(refusal))
            .addDetails(Any.pack(info.build()))
            .build());
  }

  /** Ends an RPC with a refusal. */
  static void close(io.grpc.ServerCall<?, ?> rpc, Refusal refusal, String requestId) {
    StatusException thrown = exception(refusal, code(refusal), requestId);
    Metadata trailers = Status.trailersFromThrowable(thrown);
    rpc.close(thrown.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  static String requestId(Call call) {
    return new UUID(call.requestIdHigh(), call.requestIdLow()).toString();
  }
}
