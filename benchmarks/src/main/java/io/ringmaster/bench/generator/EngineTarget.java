package io.ringmaster.bench.generator;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationCallback;

/** A function of an engine in this JVM. The engine stays the caller's. */
public final class EngineTarget implements LoadTarget {
  private final Call[] calls;
  private volatile Answers answers;

  private final InvocationCallback callback =
      new InvocationCallback() {
        @Override
        public void settled(Call call) {
          answers.answered((Integer) call.attachment(), error(call));
        }

        @Override
        public boolean nonBlocking() {
          return true;
        }
      };

  /**
   * @param slots invocations that may be under way at once, at least 1
   * @param payload the event
   */
  public EngineTarget(Engine engine, String function, byte[] payload, int slots) {
    calls = new Call[slots];
    for (int i = 0; i < slots; i++) {
      calls[i] =
          engine.newCall().function(function).payload(payload, 0, payload.length).attachment(i);
    }
  }

  private static String error(Call call) {
    if (call.refusal() != null) {
      return call.refusal().toString();
    }
    return call.functionError() ? "function error " + call.errorType() : null;
  }

  @Override
  public int slots() {
    return calls.length;
  }

  @Override
  public void open(Answers wanted) {
    answers = wanted;
  }

  @Override
  public void submit(int slot) {
    calls[slot].submit(callback);
  }

  @Override
  public void close() {
    // The engine is the caller's.
  }
}
