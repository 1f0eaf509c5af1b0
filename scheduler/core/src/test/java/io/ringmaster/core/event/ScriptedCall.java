package io.ringmaster.core.event;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.api.StreamingCallback;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;

/** A call that is answered at once, by a script. */
final class ScriptedCall implements Call {
  /** What an invocation comes to: {@code refusal}, or an answer. */
  record Outcome(Refusal refusal, boolean functionError, String answer) {
    static Outcome success(String answer) {
      return new Outcome(null, false, answer);
    }

    static Outcome error() {
      return new Outcome(null, true, "{\"errorMessage\":\"on purpose\",\"errorType\":\"E\"}");
    }

    static Outcome throttled() {
      return new Outcome(Refusal.throttled("ConcurrentInvocationLimitExceeded"), false, "");
    }
  }

  /** What is known when it is submitted. */
  record Submitted(
      UUID requestId, String function, String qualifier, String traceHeader, byte[] payload) {}

  private final Function<Submitted, Outcome> script;
  private String function;
  private String qualifier;
  private String traceHeader;
  private byte[] payload;
  private UUID requestId;
  private Outcome outcome;
  private Object attachment;

  ScriptedCall(Function<Submitted, Outcome> script) {
    this.script = script;
  }

  @Override
  public Call function(String value) {
    function = value;
    return this;
  }

  @Override
  public Call qualifier(String value) {
    qualifier = value;
    return this;
  }

  @Override
  public Call owner(Owner owner) {
    return this;
  }

  @Override
  public Call payload(byte[] bytes, int offset, int length) {
    payload = Arrays.copyOfRange(bytes, offset, offset + length);
    return this;
  }

  @Override
  public Call clientContext(String json) {
    return this;
  }

  @Override
  public Call traceHeader(String header) {
    traceHeader = header;
    return this;
  }

  @Override
  public Call logTail(boolean wanted) {
    return this;
  }

  @Override
  public Call requestId(UUID id) {
    requestId = id;
    return this;
  }

  @Override
  public Call attachment(Object value) {
    attachment = value;
    return this;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public void submit(InvocationCallback callback) {
    outcome = script.apply(new Submitted(requestId, function, qualifier, traceHeader, payload));
    if (outcome != null) { // else it never ends
      callback.settled(this);
    }
  }

  @Override
  public void submitStreaming(StreamingCallback callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int statusCode() {
    return outcome.refusal() == null ? 200 : outcome.refusal().statusCode();
  }

  @Override
  public Refusal refusal() {
    return outcome.refusal();
  }

  @Override
  public boolean functionError() {
    return outcome.functionError();
  }

  @Override
  public String errorType() {
    return null;
  }

  @Override
  public String contentType() {
    return null;
  }

  @Override
  public byte[] response() {
    return outcome.answer().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int responseLength() {
    return response().length;
  }

  @Override
  public int chunkCount() {
    return 1;
  }

  @Override
  public int chunkEnd(int index) {
    return responseLength();
  }

  @Override
  public long requestIdHigh() {
    return requestId.getMostSignificantBits();
  }

  @Override
  public long requestIdLow() {
    return requestId.getLeastSignificantBits();
  }

  @Override
  public String executedVersion() {
    return "$LATEST";
  }

  @Override
  public long queueNs() {
    return 0;
  }

  @Override
  public long bindNs() {
    return 0;
  }

  @Override
  public long initNs() {
    return 0;
  }

  @Override
  public long invokeNs() {
    return 0;
  }

  @Override
  public long billedMs() {
    return 1;
  }

  @Override
  public int maxMemoryMb() {
    return 0;
  }

  @Override
  public boolean coldStart() {
    return false;
  }

  @Override
  public String logTail() {
    return null;
  }

  @Override
  public InvocationResult toResult() {
    throw new UnsupportedOperationException();
  }
}
