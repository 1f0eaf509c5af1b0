package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Refusal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;

/** The neighbours of events: what a registry says of functions, and calls to the dispatcher. */
final class EventStage {
  static final String TOLD = "arn:aws:sqs:us-east-1:123456789012:told";

  /** What a function's owner said. */
  record Settings(int retries, long ageMaxMs, boolean onSuccess, boolean onFailure) {
    static Settings draw(SeededRandom random) {
      return new Settings(
          random.nextInt(3),
          60_000L * random.between(1, 360),
          random.chance(0.5),
          random.chance(0.5));
    }

    private String document() {
      String success = onSuccess ? "\"OnSuccess\":{\"Destination\":\"" + TOLD + "\"}" : "";
      String failure = onFailure ? "\"OnFailure\":{\"Destination\":\"" + TOLD + "\"}" : "";
      return "{\"MaximumRetryAttempts\":"
          + retries
          + ",\"MaximumEventAgeInSeconds\":"
          + ageMaxMs / 1000
          + ",\"DestinationConfig\":{"
          + success
          + (onSuccess && onFailure ? "," : "")
          + failure
          + "}}";
    }
  }

  /** What comes of a call. */
  record Outcome(Refusal refusal, boolean error) {
    private static final byte[] DONE = "\"done\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] FAILED =
        "{\"errorMessage\":\"drawn\"}".getBytes(StandardCharsets.UTF_8);

    byte[] answer() {
      return error ? FAILED : DONE;
    }
  }

  private EventStage() {}

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  /** Functions that are there, and active. */
  static Functions functions(Map<String, Settings> settings) {
    return (Functions)
        proxy(
            Functions.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "get" -> active((String) arguments[0]);
                  case "getConcurrency" -> -1;
                  case "document" ->
                      Functions.EVENT_INVOKE_CONFIG.equals(arguments[2])
                          ? settings.get((String) arguments[0]).document()
                          : null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static FunctionConfiguration active(String name) {
    return new FunctionConfiguration(
        name,
        "arn:aws:lambda:us-east-1:123456789012:function:" + name,
        "$LATEST",
        "python3.13",
        "app.handler",
        List.of(),
        null,
        "",
        128,
        900,
        512,
        Map.of(),
        List.of(),
        "Text",
        null,
        null,
        "",
        0,
        Instant.EPOCH,
        "",
        Map.of(),
        null,
        "Active",
        null,
        null,
        "Successful",
        null,
        null);
  }

  /** A call under way. */
  static final class Submitted {
    private String function;
    private UUID requestId;
    private InvocationCallback callback;
    private Outcome outcome;
    private Call call;

    String function() {
      return function;
    }

    UUID requestId() {
      return requestId;
    }

    void settle(Outcome value) {
      outcome = value;
      callback.settled(call);
    }
  }

  /**
   * A call that can be submitted again and again.
   *
   * @param submit what happens then
   */
  static Call call(BiConsumer<String, Submitted> submit) {
    Submitted state = new Submitted();
    state.call =
        (Call)
            proxy(
                Call.class,
                (proxy, method, arguments) -> {
                  switch (method.getName()) {
                    case "function" -> state.function = (String) arguments[0];
                    case "requestId" -> state.requestId = (UUID) arguments[0];
                    case "submit" -> {
                      state.callback = (InvocationCallback) arguments[0];
                      submit.accept(state.function, state);
                      return null;
                    }
                    default -> {
                      // the others are said and not looked at, or are answers
                    }
                  }
                  return method.getReturnType() == Call.class
                      ? proxy
                      : answer(method.getName(), state);
                });
    return state.call;
  }

  private static Object answer(String method, Submitted state) {
    return switch (method) {
      case "refusal" -> state.outcome.refusal();
      case "statusCode" ->
          state.outcome.refusal() == null ? 200 : state.outcome.refusal().statusCode();
      case "functionError" -> state.outcome.error();
      case "response" -> state.outcome.answer();
      case "responseLength" -> state.outcome.answer().length;
      case "executedVersion" -> "$LATEST";
      default -> throw new UnsupportedOperationException(method);
    };
  }
}
