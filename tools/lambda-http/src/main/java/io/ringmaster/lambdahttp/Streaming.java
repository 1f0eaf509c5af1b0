package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.ringmaster.api.Call;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;

/**
 * One InvokeWithResponseStream: parts go to the client as they come, and the function is told that
 * they are done with when the client's system has taken them: who reads slowly holds back the
 * function. {@link #part} and {@link #settled} run on the dispatcher and hand over to the loop.
 */
final class Streaming implements StreamingCallback {
  private final Invoking invoking;
  private final Exchange exchange;
  private Call call;
  private boolean tail;

  // On the loop.
  private boolean begun;
  private boolean gone;
  private boolean finished;
  private ResponseFlow flow;

  Streaming(Invoking invoking) {
    this.invoking = invoking;
    exchange = invoking.exchange();
  }

  void submit(Call submitted, boolean logTail) {
    call = submitted;
    tail = logTail;
    exchange.hold();
    exchange.onDisconnect(this::disconnected);
    submitted.submitStreaming(this);
  }

  private void disconnected() {
    gone = true;
    if (flow != null) {
      flow.cancel();
    }
    if (!finished) {
      call.cancel();
    }
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  /** On the dispatcher. */
  @Override
  public void part(ResponseFlow from, byte[] part) {
    try {
      exchange.peer().loop().execute(() -> send(from, part));
    } catch (RejectedExecutionException e) {
      // The server is closed, and with it the connection: nobody takes the part.
      from.cancel();
    }
  }

  /** On the dispatcher. */
  @Override
  public void settled(Call settled) {
    try {
      exchange.peer().loop().execute(this::finish);
    } catch (RejectedExecutionException e) {
      // As above.
      exchange.ingress().count(Ingress.Counter.CONNECTIONS_FAILED);
    }
  }

  private void send(ResponseFlow from, byte[] part) {
    flow = from;
    if (gone) {
      from.cancel();
      return;
    }
    if (!begun) {
      begun = true;
      Answer head = Answer.of(200);
      head.contentType = EventStream.CONTENT_TYPE;
      head.header("X-Amz-Executed-Version", from.executedVersion());
      if (from.contentType() != null) {
        head.header("X-Amzn-Remapped-Content-Type", from.contentType());
      }
      UUID id = UUID.fromString(from.requestId());
      head.requestIdHigh = id.getMostSignificantBits();
      head.requestIdLow = id.getLeastSignificantBits();
      exchange.peer().begin(head);
    }
    ByteBuf message = EventStream.chunk(part);
    exchange
        .peer()
        .part(
            message,
            sent -> {
              if (sent.isSuccess()) {
                from.consumed(part.length);
              } else {
                from.cancel();
              }
            });
  }

  private void finish() {
    finished = true;
    exchange.letGo();
    if (gone || exchange.isOver()) {
      exchange.ingress().loop().giveCall(call);
      return;
    }
    if (call.refusal() != null && !begun) {
      exchange.answer(invoking.answer());
    } else {
      if (!begun) {
        Answer head = Answer.of(200, call.requestIdHigh(), call.requestIdLow());
        head.contentType = EventStream.CONTENT_TYPE;
        head.header("X-Amz-Executed-Version", call.executedVersion());
        begun = true;
        exchange.peer().begin(head);
      }
      exchange.peer().part(EventStream.complete(complete()), sent -> {});
      exchange.over();
      exchange.peer().end();
    }
    exchange.ingress().loop().giveCall(call);
  }

  private Map<String, Object> complete() {
    Map<String, Object> members = new LinkedHashMap<>();
    if (call.refusal() != null) {
      members.put("ErrorCode", call.refusal().code());
      members.put("ErrorDetails", call.refusal().message());
    } else if (call.functionError()) {
      members.put("ErrorCode", "Unhandled");
      members.put(
          "ErrorDetails",
          new String(call.response(), 0, call.responseLength(), StandardCharsets.UTF_8));
    }
    if (tail) {
      members.put("LogResult", Invoking.logResult(call));
    }
    return members;
  }
}
