package io.ringmaster.core.dispatch;

import io.ringmaster.core.model.PendingInvocation;
import java.util.ArrayDeque;

/**
 * Tells callers that are refused at the door, on their own threads. A callback may submit again,
 * and be refused again: it is told when the callback that submitted it has returned, so however
 * often that happens the stack does not grow. Any thread.
 */
final class DoorAnswers {
  /** Refused by callbacks that this thread is telling; null: it tells none. */
  private static final ThreadLocal<ArrayDeque<PendingInvocation>> TELLING = new ThreadLocal<>();

  private DoorAnswers() {}

  /** Tells the caller now, or after those who are being told. */
  static void tell(PendingInvocation refused) {
    ArrayDeque<PendingInvocation> outer = TELLING.get();
    if (outer != null) {
      outer.add(refused);
      return;
    }
    ArrayDeque<PendingInvocation> more = new ArrayDeque<>();
    TELLING.set(more);
    Throwable thrown = null;
    try {
      for (PendingInvocation next = refused; next != null; next = more.poll()) {
        try {
          next.release();
        } catch (RuntimeException | Error fromCallback) {
          thrown = fromCallback; // the others are told all the same
        }
      }
    } finally {
      TELLING.remove();
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
