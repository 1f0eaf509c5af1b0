package io.ringmaster.api;

/** Told when a {@link Call} has its terminal answer. */
@FunctionalInterface
public interface InvocationCallback {

  /**
   * Called exactly once per submitted call. The call's results may be read until it is submitted
   * again; submitting it again from here is allowed.
   */
  void settled(Call call);

  /**
   * Whether {@link #settled} never blocks and takes microseconds at most. Then it runs on the
   * dispatcher itself and saves a thread change; a callback that breaks this promise delays every
   * function. From there {@link Call#submit}, {@link Engine#invokeAsync} and {@link Engine#newCall}
   * may be called; what waits for the engine throws {@link IllegalStateException}.
   *
   * <p>Asked once per submit, on the submitting thread.
   */
  default boolean nonBlocking() {
    return false;
  }
}
