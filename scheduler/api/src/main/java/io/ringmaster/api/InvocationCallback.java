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
   * function.
   */
  default boolean nonBlocking() {
    return false;
  }
}
