package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.ingress.BoundedThreads;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One request on its way through the ingress: found, bounded, collected, handed to who answers it.
 * On its peer's loop only.
 */
final class Exchange {
  private static final int BODY_FIRST = 2048;
  static final int INVOKE_MAX = 6_291_456;
  static final int EVENT_MAX = 1_048_576;
  private static final int CODE_MAX = 70_167_211;
  private static final int CONFIGURATION_MAX = 1_048_576;
  private static final Map<String, Integer> LARGE =
      Map.of(
          "CreateFunction",
          CODE_MAX,
          "UpdateFunctionCode",
          CODE_MAX,
          "PublishLayerVersion",
          CODE_MAX);

  /** Another thread makes the answer. */
  private static final Answer HANDED_ON = Answer.of(500);

  private final Ingress ingress;
  private final Peer peer;
  private final String method;
  private final String uri;
  private final Headers headers;
  private Router.Found found;
  private Function<PageRequest, HttpPage> page;

  /** That page may wait for files. */
  private boolean pageWaits;

  private int bodyMax;
  private byte[] body = new byte[0];
  private int bodyLength;
  private long declared;
  private long reserved;
  private volatile boolean over;
  private int holders;
  private Runnable onDisconnect;

  Exchange(Ingress ingress, Peer peer, String method, String uri, Headers headers) {
    this.ingress = ingress;
    this.peer = peer;
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    ingress.requestBegun();
  }

  Ingress ingress() {
    return ingress;
  }

  Peer peer() {
    return peer;
  }

  Headers headers() {
    return headers;
  }

  Router.Found found() {
    return found;
  }

  byte[] body() {
    return body;
  }

  int bodyLength() {
    return bodyLength;
  }

  Owner owner() {
    return ingress.owners().of(headers.get(Headers.AUTHORIZATION), found.query());
  }

  /** What is to be done when the client goes away before it has its answer. */
  void onDisconnect(Runnable run) {
    onDisconnect = run;
  }

  /**
   * Looks at what the request is.
   *
   * @param length of the body as the client says; −1: it does not
   * @return null: the body may come; or why not
   */
  Answer admit(long length) {
    declared = length;
    if (Browsers.foreign(headers, ingress.loopback())) {
      return Answer.refusal(403, "AccessDeniedException", "Requests of web pages are not served.");
    }
    String sought = method.equals("HEAD") ? "GET" : method;
    try {
      page = page();
      bodyMax = CONFIGURATION_MAX;
      if (page == null) {
        found = ingress.router().route(sought, uri);
      }
    } catch (Percent.MalformedException e) {
      return Answer.refusal(
          400, "BadRequestException", "The request is malformed: " + e.getMessage());
    }
    if (found != null) {
      String name = found.operation().name();
      bodyMax = LARGE.getOrDefault(name, CONFIGURATION_MAX);
      if (invokes(name)) {
        bodyMax = payloadMax(name);
      }
    }
    return length > bodyMax ? tooLarge(length) : null;
  }

  private static boolean invokes(String operation) {
    return operation.equals("Invoke")
        || operation.equals("InvokeWithResponseStream")
        || operation.equals("InvokeAsync");
  }

  private int payloadMax(String operation) {
    boolean event =
        operation.equals("InvokeAsync") || "Event".equals(headers.get(Headers.INVOCATION_TYPE));
    return event ? EVENT_MAX : INVOKE_MAX;
  }

  private Answer tooLarge(long length) {
    if (found == null) {
      return Answer.refusal(
          413,
          "RequestEntityTooLargeException",
          "Request must be smaller than " + bodyMax + " bytes");
    }
    String name = found.operation().name();
    if (invokes(name)) {
      return Answer.refusal(
          413,
          "RequestTooLargeException",
          length
              + " byte payload is too large for the "
              + (bodyMax == EVENT_MAX ? "Event" : "RequestResponse")
              + " invocation type (limit "
              + bodyMax
              + " bytes)");
    }
    return Answer.refusal(
        413,
        "RequestEntityTooLargeException",
        "Request must be smaller than " + bodyMax + " bytes for the " + name + " operation");
  }

  /**
   * Takes bytes of the body.
   *
   * @return null, or why no more is taken
   */
  Answer body(ByteBuf bytes) {
    int more = bytes.readableBytes();
    if (more > bodyMax - bodyLength) {
      return tooLarge(bodyLength + (long) more);
    }
    int needed = bodyLength + more;
    if (needed > body.length && !grow(needed)) {
      return overloaded();
    }
    bytes.readBytes(body, bodyLength, more);
    bodyLength = needed;
    return null;
  }

  /**
   * Room for what came and a little more: what a client announces costs nothing before it comes.
   */
  private boolean grow(int needed) {
    long wanted = Math.max(BODY_FIRST, Math.max(needed, 2L * body.length));
    if (declared >= needed && wanted > declared / 2) {
      wanted = declared;
    }
    int size = (int) Math.min(wanted, bodyMax);
    byte[] larger = size <= peer.keptBytesMax() ? peer.keptBuffer(size) : ownBuffer(size);
    if (larger == null) {
      return false;
    }
    if (larger != body) {
      System.arraycopy(body, 0, larger, 0, bodyLength);
      body = larger;
    }
    return true;
  }

  private byte[] ownBuffer(int size) {
    if (!ingress.reserve(size - reserved)) {
      return null;
    }
    reserved = size;
    return new byte[size];
  }

  /** The whole request is here. */
  void complete() {
    if (page != null) {
      runPage();
    } else if (method.equals("OPTIONS")) {
      options();
    } else if (found == null) {
      unknown();
    } else {
      switch (found.operation().name()) {
        case "Invoke", "InvokeWithResponseStream", "InvokeAsync" -> new Invoking(this).begin();
        default -> manage(ingress.threads().operations, () -> ingress.management().answer(this));
      }
    }
  }

  /** Has a thread that may wait make the answer; null: it was handed over in another way. */
  void manage(BoundedThreads threads, Supplier<Answer> work) {
    hold();
    if (!run(threads, work)) {
      letGo();
      answer(overloaded());
    }
  }

  /** On such a thread: has another one make the answer. What this answers is to be returned. */
  Answer handOn(BoundedThreads threads, Supplier<Answer> work) {
    return run(threads, work) ? HANDED_ON : overloaded();
  }

  private boolean run(BoundedThreads threads, Supplier<Answer> work) {
    boolean taken =
        threads.run(
            () -> {
              Answer answer = over ? null : safely(work);
              if (answer != HANDED_ON) {
                onLoop(() -> managed(answer));
              }
            });
    if (!taken) {
      ingress.count(Ingress.Counter.OVERLOADED);
    }
    return taken;
  }

  private static Answer overloaded() {
    return Answer.refusal(
        new Refusal(429, "TooManyRequestsException", "Rate Exceeded.", "CallerRateLimitExceeded"));
  }

  /** Answers from any thread. */
  void answerLater(Answer answer) {
    onLoop(() -> answer(answer));
  }

  private void onLoop(Runnable run) {
    try {
      peer.loop().execute(run);
    } catch (RejectedExecutionException e) {
      // The server is closed, and with it the connection: nobody waits for the answer.
      ingress.count(Ingress.Counter.CONNECTIONS_FAILED);
    }
  }

  private void managed(Answer answer) {
    letGo();
    if (answer != null) {
      answer(answer);
    }
  }

  private Answer safely(Supplier<Answer> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      ingress.internalError(uri, e);
      return Answer.refusal(Refusal.service("An internal error occurred."));
    }
  }

  private void options() {
    Set<String> methods = ingress.router().methods(uri);
    if (methods.isEmpty()) {
      unknown();
      return;
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    methods.add("OPTIONS");
    answer(Answer.of(204).header("Allow", String.join(", ", methods)));
  }

  private void unknown() {
    if (method.equals("GET") && ingress.links().begin(this, path())) {
      return;
    }
    if (method.equals("HEAD") && ingress.links().knows(path())) {
      answer(Answer.refusal(405, "MethodNotAllowedException", "GET only").header("Allow", "GET"));
      return;
    }
    answer(
        Answer.refusal(
            404, "UnknownOperationException", "The requested operation is not known: " + method));
  }

  private String path() {
    int mark = uri.indexOf('?');
    return mark < 0 ? uri : uri.substring(0, mark);
  }

  private Function<PageRequest, HttpPage> page() throws Percent.MalformedException {
    LambdaHttpConfig config = ingress.config();
    if (uri.startsWith("/2")) {
      return null;
    }
    String path = Percent.decode(path(), false);
    Function<PageRequest, HttpPage> exact = config.pages().get(path);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Function<PageRequest, HttpPage>> each :
        config.prefixPages().entrySet()) {
      if (path.startsWith(each.getKey())) {
        pageWaits = true;
        return each.getValue();
      }
    }
    return null;
  }

  private void runPage() {
    manage(
        pageWaits ? ingress.threads().reads : ingress.threads().pages,
        () -> {
          try {
            int mark = uri.indexOf('?');
            Map<String, List<String>> query =
                mark < 0 ? Map.of() : Percent.query(uri.substring(mark + 1));
            Map<String, String> last = new HashMap<>();
            query.forEach((name, values) -> last.put(name, values.get(values.size() - 1)));
            HttpPage made =
                page.apply(new PageRequest(method, Percent.decode(path(), false), last));
            if (made.parts() != null && !method.equals("HEAD")) {
              StreamedPage.begin(this, made);
              return HANDED_ON;
            }
            Answer answer = Answer.of(made.status()).body(made.body());
            answer.contentType = made.contentType();
            return answer;
          } catch (Percent.MalformedException e) {
            return Answer.refusal(400, "BadRequestException", "The request is malformed");
          }
        });
  }

  /** Answers; the request is over. Nothing happens if it was over before. */
  void answer(Answer answer) {
    if (!over) {
      over();
      peer.answer(answer);
    }
  }

  boolean isOver() {
    return over;
  }

  /** It is over as far as this is concerned: what it held is given back. */
  void over() {
    if (!over) {
      over = true;
      ingress.requestEnded();
      releaseBody();
    }
  }

  /** Something reads the body, whether the client is there or not. */
  void hold() {
    holders++;
  }

  /** It does no longer. */
  void letGo() {
    holders--;
    releaseBody();
  }

  private void releaseBody() {
    if (over && holders == 0) {
      ingress.release(reserved);
      reserved = 0;
    }
  }

  /** The client went away, or is refused by its connection. */
  void disconnected() {
    if (!over) {
      over();
      if (onDisconnect != null) {
        onDisconnect.run();
      }
    }
  }

  /** The connection is gone: what it has reserved for its buffer is given back with the body. */
  void adopt(long bytes) {
    reserved += bytes;
    releaseBody();
  }

  /** The request goes on as another exchange: it is one request. */
  void handedOn() {
    over();
    ingress.requestMoved();
  }

  /** A copy of the body that may be kept. */
  byte[] keptBody() {
    return Arrays.copyOf(body, bodyLength);
  }
}
