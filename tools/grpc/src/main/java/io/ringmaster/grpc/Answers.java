package io.ringmaster.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.ringmaster.api.Call;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvocationReport;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.LogType;
import io.ringmaster.ingress.JsonCheck;
import java.nio.charset.StandardCharsets;

/** Calls of the engine from messages, and messages from settled calls. The loop's thread. */
final class Answers {
  /** As many bytes of JSON as X-Amz-Client-Context holds in Base64: 3,583 characters. */
  private static final int CLIENT_CONTEXT_BYTES_MAX = 3583 / 4 * 3;

  private static final int TRACE_CHARACTERS_MAX = 1024;
  static final int FUNCTION_CHARACTERS_MAX = 256;
  private static final int QUALIFIER_CHARACTERS_MAX = 128;

  private Answers() {}

  /**
   * Fills a call.
   *
   * @return null, or why it cannot be
   */
  static Refusal fill(
      Call call,
      IngressLoop loop,
      Owner owner,
      String function,
      String qualifier,
      InvokeRequest request) {
    String context = orNull(request.getClientContext());
    if (context != null
        && (context.length() > CLIENT_CONTEXT_BYTES_MAX
            || context.getBytes(StandardCharsets.UTF_8).length > CLIENT_CONTEXT_BYTES_MAX)) {
      return new Refusal(
          400,
          "InvalidRequestContentException",
          "Client context must be no more than 3583 bytes when base64-encoded",
          null);
    }
    if (context != null) {
      byte[] json = context.getBytes(StandardCharsets.UTF_8);
      if (JsonCheck.problem(json, json.length) != null) {
        return new Refusal(
            400,
            "InvalidRequestContentException",
            "Client context must be a valid JSON object.",
            null);
      }
    }
    String trace = orNull(request.getTraceHeader());
    if (trace != null && trace.length() > TRACE_CHARACTERS_MAX) {
      return tooLong("traceHeader", trace, TRACE_CHARACTERS_MAX);
    }
    call.owner(owner)
        .function(function)
        .qualifier(qualifier)
        .clientContext(context)
        .traceHeader(trace)
        .logTail(request.getLogType() == LogType.LOG_TYPE_TAIL);
    loop.payloads().fill(call, request.getPayload());
    return null;
  }

  /** Names of megabytes go no further: whoever tells of them would copy them again and again. */
  static Refusal checkNames(InvokeRequest request) {
    if (request.getFunctionName().length() > FUNCTION_CHARACTERS_MAX) {
      return tooLong("functionName", request.getFunctionName(), FUNCTION_CHARACTERS_MAX);
    }
    if (request.getQualifier().length() > QUALIFIER_CHARACTERS_MAX) {
      return tooLong("qualifier", request.getQualifier(), QUALIFIER_CHARACTERS_MAX);
    }
    return null;
  }

  /** No type of invocation, or none that may be here. */
  static Refusal wrongType(String value, String allowed) {
    return new Refusal(
        400,
        "ValidationException",
        "1 validation error detected: Value '"
            + value
            + "' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value"
            + " set: "
            + allowed,
        null);
  }

  static Refusal tooLong(String field, String value, int most) {
    return new Refusal(
        400,
        "ValidationException",
        "1 validation error detected: Value '"
            + value.substring(0, Math.min(value.length(), most))
            + "' at '"
            + field
            + "' failed to satisfy constraint: Member must have length less than or equal to "
            + most,
        null);
  }

  static Refusal nameless() {
    return new Refusal(
        400,
        "ValidationException",
        "1 validation error detected: Value '' at 'functionName' failed to satisfy constraint:"
            + " Member must have length greater than or equal to 1",
        null);
  }

  static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /**
   * The answer of a call that ran. Its payload is the call's own buffer, not a copy: the message
   * must be written before the call is used again, and not be kept.
   */
  static InvokeResponse response(Call call) {
    InvokeResponse.Builder answer =
        InvokeResponse.newBuilder()
            .setStatusCode(call.statusCode())
            .setExecutedVersion(call.executedVersion())
            .setRequestId(Statuses.requestId(call))
            .setReport(report(call));
    if (call.responseLength() > 0) {
      answer.setPayload(payload(call));
    }
    if (call.functionError()) {
      answer.setFunctionError("Unhandled");
      String type = call.errorType();
      if (type != null) {
        answer.setErrorType(type);
      }
    }
    String contentType = call.contentType();
    if (contentType != null) {
      answer.setContentType(contentType);
    }
    String tail = call.logTail();
    if (tail != null) {
      answer.setLogResult(tail);
    }
    return answer.build();
  }

  private static ByteString payload(Call call) {
    return UnsafeByteOperations.unsafeWrap(call.response(), 0, call.responseLength());
  }

  private static InvocationReport report(Call call) {
    return InvocationReport.newBuilder()
        .setQueueNs(call.queueNs())
        .setBindNs(call.bindNs())
        .setInitNs(call.initNs())
        .setInvokeNs(call.invokeNs())
        .setBilledMs(call.billedMs())
        .setMaxMemoryMb(call.maxMemoryMb())
        .setColdStart(call.coldStart())
        .build();
  }

  /** Why a call of a stream did not run. */
  static io.ringmaster.grpc.v1.Refusal refusal(Refusal refusal, String requestId) {
    return refusal(refusal, Statuses.code(refusal).value(), requestId);
  }

  static io.ringmaster.grpc.v1.Refusal refusal(Refusal refusal, int grpcCode, String requestId) {
    return io.ringmaster.grpc.v1.Refusal.newBuilder()
        .setGrpcCode(grpcCode)
        .setStatusCode(refusal.statusCode())
        .setCode(refusal.code())
        .setMessage(Statuses.text(refusal))
        .setReason(refusal.reason() == null ? "" : refusal.reason())
        .setRequestId(requestId == null ? "" : requestId)
        .build();
  }
}
