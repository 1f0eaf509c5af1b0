package io.ringmaster.lambdahttp;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import io.ringmaster.ingress.JsonCheck;
import io.ringmaster.ingress.Target;
import io.ringmaster.ingress.loop.LoopExchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One Invoke, from the whole request to its answer. On the loop, but for {@link #settled}, which
 * runs on the dispatcher and hands over to the loop.
 */
final class Invoking extends LoopExchange implements InvocationCallback {
  private static final int CHECKED_HERE_MAX = 128 * 1024;
  private static final int KEPT_RESPONSE_MAX = 64 * 1024;
  private static final int NAME_MAX = 64;
  private static final int CONTEXT_MAX = 3583;
  private static final int TRACE_MAX = 1024;
  private static final String LINEAGE = "Lineage=";

  /** What AWS's clients say of themselves within a function. */
  private static final String FUNCTION_CLIENT = "exec-env/AWS_Lambda_";

  private static final byte[] EMPTY_EVENT = {'{', '}'};

  private final Exchange exchange;
  private final Ingress ingress;
  private final Operation operation;
  private final String function;
  private final Headers headers;
  private String qualifier;
  private String clientContext;
  private String trace;
  private boolean tail;
  private Call call;
  private IngressLoop loop;

  Invoking(Exchange exchange) {
    this.exchange = exchange;
    ingress = exchange.ingress();
    operation = exchange.found().operation();
    function = exchange.found().values().get(0);
    headers = exchange.headers();
  }

  Exchange exchange() {
    return exchange;
  }

  void begin() {
    try {
      List<String> qualifiers = exchange.found().query().get("Qualifier");
      qualifier = qualifiers == null ? null : qualifiers.get(0);
      String type = headers.get(Headers.INVOCATION_TYPE);
      String log = headers.get(Headers.LOG_TYPE);
      if (operation.name().equals("InvokeAsync")) {
        type = "Event";
      }
      if (!plain(function) || qualifier != null || log != null || unusual(type)) {
        validate(type, log);
      }
      tail = "Tail".equals(log);
      media();
      clientContext = clientContext();
      trace = trace(type);
      if (exchange.bodyLength() > CHECKED_HERE_MAX) {
        String sort = type;
        exchange.manage(
            threads().accepts,
            () -> {
              String problem = problem();
              if (problem == null) {
                exchange.peer().loop().execute(() -> go(sort));
                return null;
              }
              return Answer.refusal(JsonCheck.refusal(problem));
            });
        return;
      }
      String problem = exchange.bodyLength() == 0 ? null : problem();
      if (problem != null) {
        exchange.answer(Answer.refusal(JsonCheck.refusal(problem)));
        return;
      }
      go(type);
    } catch (Refused e) {
      exchange.answer(Answer.refusal(e.refusal()));
    } catch (LambdaException e) {
      exchange.answer(Answer.refusal(e.refusal()));
    }
  }

  private boolean unusual(String type) {
    return type != null && !type.equals("RequestResponse")
        || headers.get(Headers.TENANT) != null
        || headers.get(Headers.DURABLE_NAME) != null;
  }

  /** Whether it is a bare function name that needs no further look. */
  private static boolean plain(String name) {
    if (name.length() > NAME_MAX) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      if (!(each >= 'a' && each <= 'z'
          || each >= 'A' && each <= 'Z'
          || each >= '0' && each <= '9'
          || each == '-'
          || each == '_')) {
        return false;
      }
    }
    return true;
  }

  private void validate(String type, String log) throws Refused {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("FunctionName", function);
    members.put("Qualifier", qualifier);
    members.put("InvocationType", type);
    members.put("LogType", log);
    members.put("TenantId", headers.get(Headers.TENANT));
    members.put("DurableExecutionName", headers.get(Headers.DURABLE_NAME));
    if (operation.name().equals("InvokeAsync")) {
      members.put("InvokeArgs", new byte[0]);
    }
    Validation.check(operation, members);
    if (headers.get(Headers.TENANT) != null || headers.get(Headers.DURABLE_NAME) != null) {
      throw Refused.invalid(
          "Tenants and durable executions are not served by this version of Ringmaster.");
    }
  }

  /** What says that it is something else than JSON is refused; clients often say nothing. */
  private void media() throws Refused {
    String given = headers.get(Headers.CONTENT_TYPE);
    if (given == null) {
      return;
    }
    int mark = given.indexOf(';');
    String type = (mark < 0 ? given : given.substring(0, mark)).strip().toLowerCase(Locale.ROOT);
    boolean fits =
        switch (type) {
          case "",
              "application/json",
              "application/octet-stream",
              "binary/octet-stream",
              "application/x-www-form-urlencoded",
              "text/plain" ->
              true;
          default -> type.startsWith("application/x-amz-json") || type.endsWith("+json");
        };
    if (!fits) {
      throw new Refused(415, "UnsupportedMediaTypeException", "Unsupported content type: " + given);
    }
  }

  private String clientContext() throws Refused {
    String given = headers.get(Headers.CLIENT_CONTEXT);
    if (given == null || given.isEmpty()) {
      return null;
    }
    try {
      byte[] json = Base64.getDecoder().decode(given);
      if (given.length() <= CONTEXT_MAX && JsonCheck.problem(json, json.length) == null) {
        return new String(json, StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException e) {
      // Not Base64: refused below, as what is not JSON.
    }
    throw new Refused(
        400,
        "InvalidRequestContentException",
        given.length() > CONTEXT_MAX
            ? "Client context must be no more than " + CONTEXT_MAX + " bytes when base64-encoded"
            : "Client context must be a valid Base64-encoded JSON object.");
  }

  /** It is kept with an event, and goes to the function in one piece. */
  private String trace(String type) throws Refused {
    String given = headers.get(Headers.TRACE);
    if (given != null && given.length() > TRACE_MAX) {
      throw new Refused(
          400,
          "InvalidRequestContentException",
          "X-Amzn-Trace-Id must be no more than " + TRACE_MAX + " bytes");
    }
    return "Event".equals(type) || "DryRun".equals(type) || !isOfChain(given)
        ? given
        : ingress.engine().events().follow(exchange.owner(), function, given);
  }

  /** Whether a function invokes another one, or itself. */
  private boolean isOfChain(String given) {
    if (given != null && given.contains(LINEAGE)) {
      return true;
    }
    String client = headers.get(Headers.USER_AGENT);
    return client != null && client.contains(FUNCTION_CLIENT);
  }

  private String problem() {
    return JsonCheck.problem(exchange.body(), exchange.bodyLength());
  }

  /** Everything about the request itself is well. */
  private void go(String type) {
    if (exchange.isOver()) {
      return;
    }
    if ("DryRun".equals(type)) {
      exchange.manage(threads().accepts, this::dryRun);
    } else if ("Event".equals(type)) {
      exchange.manage(threads().accepts, this::event);
    } else {
      submit();
    }
  }

  private Answer dryRun() {
    try {
      Target.find(ingress.functions(exchange.owner()), function, qualifier);
      return Answer.of(204);
    } catch (LambdaException e) {
      return Answer.refusal(e.refusal());
    }
  }

  /** Hands the event over: it is answered when it is accepted, or why it is not. */
  @SuppressWarnings("FutureReturnValueIgnored") // Handing the answer to its loop throws nothing.
  private Answer event() {
    byte[] payload = exchange.bodyLength() == 0 ? EMPTY_EVENT : exchange.keptBody();
    Answer accepted = Answer.of(202);
    ingress
        .engine()
        .events()
        .accept(
            InvokeRequest.of(function, payload)
                .withOwner(exchange.owner())
                .withQualifier(qualifier)
                .withClientContext(clientContext)
                .withTraceHeader(trace)
                .withRequestId(accepted.requestUuid()))
        .thenAccept(refusal -> exchange.answerLater(refusal == null ? accepted : refused(refusal)));
    return null;
  }

  private static Answer refused(Refusal refusal) {
    Answer answer = Answer.refusal(refusal);
    return refusal.statusCode() == 429 ? answer.header("Retry-After", "1") : answer;
  }

  private Threads threads() {
    return ingress.threads();
  }

  private void submit() {
    loop = ingress.loop();
    call = loop.takeCall();
    boolean empty = exchange.bodyLength() == 0;
    call.owner(exchange.owner())
        .function(function)
        .qualifier(qualifier)
        .payload(
            empty ? EMPTY_EVENT : exchange.body(),
            0,
            empty ? EMPTY_EVENT.length : exchange.bodyLength())
        .clientContext(clientContext)
        .traceHeader(trace)
        .logTail(tail);
    if (operation.name().equals("InvokeWithResponseStream")) {
      new Streaming(this).submit(call, tail);
    } else {
      loop.submit(this);
    }
  }

  /** Submits, unless the client has gone. */
  @Override
  protected boolean submitNow() {
    if (exchange.isOver()) {
      loop.giveCall(call);
      return false;
    }
    exchange.hold();
    exchange.onDisconnect(call::cancel);
    try {
      call.submit(this);
    } catch (RuntimeException | Error e) {
      exchange.letGo();
      throw e;
    }
    return true;
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  /** On the dispatcher, or at once. */
  @Override
  public void settled(Call settled) {
    loop.post(this);
  }

  /** The answer is there. */
  @Override
  protected void proceed() {
    exchange.letGo();
    Answer answer = answer();
    int length = call.responseLength();
    exchange.answer(answer);
    // A large answer may still be on its way out of the call's array.
    if (length <= KEPT_RESPONSE_MAX) {
      loop.giveCall(call);
    }
  }

  /** It could not be submitted, or its answer not be written: its client is not left waiting. */
  @Override
  protected void failed(Throwable cause) {
    exchange.over();
    try {
      ingress.internalError("an invocation", cause);
    } finally {
      exchange.peer().breakOff();
    }
  }

  /** The answer to a call that is settled: its refusal, or what the function said. */
  Answer answer() {
    Refusal refusal = call.refusal();
    if (refusal != null) {
      Answer answer = Answer.refusal(refusal);
      if (call.requestIdHigh() != 0) {
        answer.requestIdHigh = call.requestIdHigh();
        answer.requestIdLow = call.requestIdLow();
      }
      return answer;
    }
    Answer answer = Answer.of(200, call.requestIdHigh(), call.requestIdLow());
    if (call.functionError()) {
      answer.header("X-Amz-Function-Error", "Unhandled");
    }
    answer.header("X-Amz-Executed-Version", call.executedVersion());
    if (tail) {
      answer.header("X-Amz-Log-Result", logResult(call));
    }
    if (headers.get(Headers.DETAILS) != null) {
      details(answer);
    }
    return answer.body(call.response(), call.responseLength());
  }

  static String logResult(Call call) {
    String text = call.logTail();
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void details(Answer answer) {
    answer
        .header(
            "X-Ringmaster-Timings",
            String.format(
                Locale.ROOT,
                "queue=%.3f,bind=%.3f,init=%.3f,invoke=%.3f",
                call.queueNs() / 1e3,
                call.bindNs() / 1e3,
                call.initNs() / 1e3,
                call.invokeNs() / 1e3))
        .header("X-Ringmaster-Billed-Ms", Long.toString(call.billedMs()))
        .header("X-Ringmaster-Max-Memory-Mb", Integer.toString(call.maxMemoryMb()))
        .header("X-Ringmaster-Cold-Start", Boolean.toString(call.coldStart()));
  }
}
