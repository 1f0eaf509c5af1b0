package io.ringmaster.core.event;

import java.util.Arrays;

/**
 * The owed events, a row each, in arrays: 46 bytes an event besides a body that happens to be kept
 * and the key of its lane, so that hundreds of thousands of pending retries cost some ten
 * megabytes. Rows of events that wait for a time are ordered in a heap by that time.
 *
 * <p>One thread.
 */
final class EventTable {
  private static final int FIRST = 64;

  private long[] handles = new long[FIRST];
  private long[] acceptedMs = new long[FIRST];
  private long[] dueMs = new long[FIRST];
  private int[] bodyBytes = new int[FIRST];
  private byte[] attempts = new byte[FIRST];
  private byte[] refusals = new byte[FIRST];
  private Lane[] lanes = new Lane[FIRST];

  /** Of a free row the next free one, of a queued row the next of its lane; −1: none. */
  private int[] next = new int[FIRST];

  private byte[][] bodies = new byte[FIRST][];
  private int[] heap = new int[FIRST];
  private int heapSize;
  private int rows;
  private int free = -1;
  private int size;

  /** A new row. */
  int add(long handle, Lane lane, long accepted, int bytes) {
    int row = free;
    if (row >= 0) {
      free = next[row];
    } else {
      row = rows++;
      if (row == handles.length) {
        grow(row * 2);
      }
    }
    handles[row] = handle;
    acceptedMs[row] = accepted;
    bodyBytes[row] = bytes;
    attempts[row] = 0;
    refusals[row] = 0;
    lanes[row] = lane;
    next[row] = -1;
    size++;
    return row;
  }

  private void grow(int length) {
    handles = Arrays.copyOf(handles, length);
    acceptedMs = Arrays.copyOf(acceptedMs, length);
    dueMs = Arrays.copyOf(dueMs, length);
    bodyBytes = Arrays.copyOf(bodyBytes, length);
    attempts = Arrays.copyOf(attempts, length);
    refusals = Arrays.copyOf(refusals, length);
    lanes = Arrays.copyOf(lanes, length);
    next = Arrays.copyOf(next, length);
    bodies = Arrays.copyOf(bodies, length);
  }

  /** The row is free. It is in no lane's queue and not in the heap. */
  void remove(int row) {
    lanes[row] = null;
    bodies[row] = null;
    next[row] = free;
    free = row;
    size--;
  }

  int size() {
    return size;
  }

  long handle(int row) {
    return handles[row];
  }

  Lane lane(int row) {
    return lanes[row];
  }

  long acceptedMs(int row) {
    return acceptedMs[row];
  }

  int bodyBytes(int row) {
    return bodyBytes[row];
  }

  int attempt(int row) {
    return attempts[row];
  }

  void attempt(int row, int value) {
    attempts[row] = (byte) value;
  }

  /** How often it was refused since it last ran, up to {@value Tries#REFUSALS_MAX}. */
  int refusals(int row) {
    return refusals[row];
  }

  void refusals(int row, int value) {
    refusals[row] = (byte) Math.min(value, Tries.REFUSALS_MAX);
  }

  /** Null: it lies in the journal only. */
  byte[] body(int row) {
    return bodies[row];
  }

  void body(int row, byte[] body) {
    bodies[row] = body;
  }

  int next(int row) {
    return next[row];
  }

  void next(int row, int value) {
    next[row] = value;
  }

  // ---- by time ----

  /** It waits until then. */
  void delay(int row, long untilMs) {
    dueMs[row] = untilMs;
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize * 2);
    }
    int at = heapSize++;
    while (at > 0 && dueMs[heap[(at - 1) >> 1]] > untilMs) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = row;
  }

  /** How many wait for their time. */
  int delayed() {
    return heapSize;
  }

  /** When the first one is due; {@link Long#MAX_VALUE}: none waits. */
  long firstDueMs() {
    return heapSize == 0 ? Long.MAX_VALUE : dueMs[heap[0]];
  }

  /** Takes the one that is due first out of the heap. */
  int pollDue() {
    int first = heap[0];
    int moved = heap[--heapSize];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && dueMs[heap[child + 1]] < dueMs[heap[child]]) {
        child++;
      }
      if (dueMs[heap[child]] >= dueMs[moved]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return first;
  }
}
