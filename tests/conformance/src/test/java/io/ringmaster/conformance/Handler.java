package io.ringmaster.conformance;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;

/** The conformance function for AWS's Java client. */
public final class Handler implements RequestHandler<Map<String, Object>, Object> {
  private int calls;

  public Handler() {
    if ("exit".equals(System.getenv("INIT"))) {
      Runtime.getRuntime().halt(3);
    }
    if ("error".equals(System.getenv("INIT"))) {
      throw new IllegalArgumentException("no init");
    }
  }

  @Override
  public Object handleRequest(Map<String, Object> event, Context context) {
    calls++;
    switch (String.valueOf(event.get("do"))) {
      case "error" -> throw new IllegalArgumentException("no good");
      case "exit" -> Runtime.getRuntime().halt(7);
      case "hang" -> hang();
      case "large" -> {
        return "x".repeat(7_000_000);
      }
      default -> {
        // As below.
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("echo", event.get("value"));
    answer.put("requestId", context.getAwsRequestId());
    answer.put("arn", context.getInvokedFunctionArn());
    answer.put("function", context.getFunctionName());
    answer.put("left", context.getRemainingTimeInMillis() > 0);
    answer.put("calls", calls);
    answer.put("stage", System.getenv().getOrDefault("STAGE", ""));
    answer.put("trace", System.getProperty("com.amazonaws.xray.traceHeader", ""));
    answer.put(
        "custom",
        context.getClientContext() == null
            ? ""
            : context.getClientContext().getCustom().getOrDefault("k", ""));
    return answer;
  }

  private static void hang() {
    try {
      Thread.sleep(3_600_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
