package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import java.util.Arrays;

/**
 * Invocations that are in one sandbox, in the order in which it was given them: the order in which
 * it answers them, or tells that it skipped them. Dispatcher only.
 */
final class InvocationLine {
  /** What is known of one of them. */
  enum State {
    /** There is none. */
    NONE,
    /** It runs, or will. */
    RUNS,
    /** It was to be taken back, too late to be sure: its answer, or that it was skipped, tells. */
    IN_DOUBT,
    /** It was taken back in time: it will be told to have been skipped. */
    TAKEN_BACK
  }

  private static final int MASK = Segment.SLOTS - 1;

  private final Invocation[] invocations = new Invocation[Segment.SLOTS];
  private final long[] sequences = new long[Segment.SLOTS];
  private final long[] numbers = new long[Segment.SLOTS];
  private final boolean[] revocable = new boolean[Segment.SLOTS];
  private final State[] states = new State[Segment.SLOTS];
  private int head;
  private int size;

  /** The first that was not taken back; null: none. */
  private Invocation running;

  boolean isEmpty() {
    return size == 0;
  }

  /** How many there are, what was taken back and is to be skipped included. */
  int size() {
    return size;
  }

  /**
   * Comes last.
   *
   * @param number of its slot; 0: it goes by the pipe
   */
  void add(Invocation invocation, long number, boolean mayBeRevoked) {
    if (size == Segment.SLOTS) {
      throw new IllegalStateException("more invocations than slots");
    }
    int at = head + size++ & MASK;
    invocations[at] = invocation;
    sequences[at] = invocation.sequence();
    numbers[at] = number;
    revocable[at] = mayBeRevoked;
    states[at] = State.RUNS;
    if (running == null) {
      running = invocation;
    }
  }

  /** What is known of the first. */
  State first() {
    return size == 0 ? State.NONE : states[head];
  }

  /** The first; null: there is none, or it was taken back. */
  Invocation firstInvocation() {
    return invocations[head];
  }

  /** Of the first, if there is one. */
  long firstSequence() {
    return sequences[head];
  }

  /** Whether a sequence is that of one behind the first. */
  boolean isLater(long sequence) {
    for (int i = 1; i < size; i++) {
      if (sequences[head + i & MASK] == sequence) {
        return true;
      }
    }
    return false;
  }

  /** Place of one that can be taken back and was not asked for; −1: there is none. */
  int revocable(long sequence) {
    for (int i = 0; i < size; i++) {
      int at = head + i & MASK;
      if (sequences[at] == sequence) {
        return revocable[at] && states[at] == State.RUNS ? i : -1;
      }
    }
    return -1;
  }

  /** Sequences of all that were not taken back, in their order. */
  long[] notTakenBack() {
    long[] found = new long[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      int at = head + i & MASK;
      if (states[at] != State.TAKEN_BACK) {
        found[count++] = sequences[at];
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Number of the slot of one at a place. */
  long number(int place) {
    return numbers[head + place & MASK];
  }

  /** One at a place was asked for, in time or perhaps not. */
  void revoked(int place, boolean inTime) {
    int at = head + place & MASK;
    states[at] = inTime ? State.TAKEN_BACK : State.IN_DOUBT;
    if (inTime) {
      invocations[at] = null; // it is somebody else's now
      findRunning();
    }
  }

  /** The first is over. */
  void next() {
    if (size > 0) {
      invocations[head] = null;
      head = head + 1 & MASK;
      size--;
    }
    findRunning();
  }

  /** Nothing more is expected of any. */
  void clear() {
    while (size > 0) {
      next();
    }
  }

  private void findRunning() {
    running = null;
    for (int i = 0; i < size && running == null; i++) {
      running = invocations[head + i & MASK];
    }
  }

  /** The first that was not taken back; null: none. */
  Invocation running() {
    return running;
  }

  /**
   * Number of the slot of {@link #running}, where the process has not begun it unless it says so;
   * 0: it counts as begun.
   */
  long unbegunUnless() {
    for (int i = 0; i < size; i++) {
      int at = head + i & MASK;
      if (invocations[at] != null) {
        return revocable[at] && states[at] == State.RUNS ? numbers[at] : 0;
      }
    }
    return 0;
  }
}
