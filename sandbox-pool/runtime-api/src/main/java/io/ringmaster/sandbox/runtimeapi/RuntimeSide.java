package io.ringmaster.sandbox.runtimeapi;

import io.ringmaster.sandbox.spi.Invocation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What the runtime's calls mean: its state, the polls that wait, the invocations that wait for a
 * poll. Event loop only.
 */
final class RuntimeSide {
  /** Told what the engine must hear of. Event loop. */
  interface Listener {
    void ready();

    void initError(byte[] document);

    /** The slot has something for {@link Slot#drain}. */
    void arrived(Slot slot);
  }

  /** Connections besides those that polls need. */
  private static final int CONNECTIONS_SPARE = 16;

  final Slot[] slots;
  private final Listener listener;
  private final int connectionsMax;
  private final Set<Connection> connections = new HashSet<>();
  private final Deque<Connection> parked = new ArrayDeque<>();
  private final Deque<Slot> waiting = new ArrayDeque<>();

  /**
   * A poll that came before the answer that it follows was complete; null: none. AWS's Node client
   * from release 4 on polls by one connection while it still sends the end of a stream by another,
   * and nothing says which of the two is read first.
   */
  private Connection early;

  private boolean closed;
  private boolean readsOn;

  /** Bytes that came by all connections. */
  private long received;

  /**
   * Of the runtime. With several slots it is READY from its first poll on, and each invocation has
   * a state of its own.
   */
  private RuntimeState state = RuntimeState.STARTED;

  RuntimeSide(int slotCount, Listener listener) {
    this.listener = listener;
    this.slots = new Slot[slotCount];
    for (int i = 0; i < slotCount; i++) {
      slots[i] = new Slot(i, this);
    }
    this.connectionsMax = 2 * slotCount + CONNECTIONS_SPARE;
  }

  /** An invocation was handed over. */
  void deliver(Slot slot) {
    slot.phase = Slot.Phase.WAITING;
    slot.streaming = false;
    slot.error = false;
    waiting.add(slot);
    match();
  }

  private void match() {
    while (!closed && !parked.isEmpty() && !waiting.isEmpty()) {
      Slot slot = waiting.poll();
      slot.taken(true);
      to(RuntimeState.RUNNING);
      parked.poll().deliver(slot);
    }
  }

  /** An invocation could not be written to who polled for it: the next poll gets it. */
  void undelivered(Slot slot, long high, long low) {
    if (slot.holds(high, low) && slot.phase == Slot.Phase.RUNNING) {
      slot.taken(false);
      if (slots.length == 1) {
        state = RuntimeState.READY;
      }
      waiting.addFirst(slot);
      match();
      admitEarly();
    }
  }

  /** With one slot, the runtime's state is the invocation's. */
  private void to(RuntimeState next) {
    if (slots.length == 1) {
      state = next;
    }
  }

  private RuntimeState stateOf(Slot slot) {
    if (slots.length == 1) {
      return state;
    }
    return switch (slot.phase) {
      case FREE, WAITING -> RuntimeState.READY;
      case RUNNING -> RuntimeState.RUNNING;
      case RECEIVING ->
          slot.error ? RuntimeState.INVOCATION_ERROR_RESPONSE : RuntimeState.INVOCATION_RESPONSE;
    };
  }

  /** A poll. Null: it waits now, or was answered with an invocation. */
  Reply next(Connection connection) {
    if (early == null && isAnswering()) {
      early = connection;
      return null;
    }
    if (early == null && state == RuntimeState.RUNNING) {
      early = connection;
      connection.tooEarlySoon();
      return null;
    }
    if (!state.leadsTo(RuntimeState.READY) || parked.size() == slots.length) {
      return Reply.invalidTransition(state, RuntimeState.READY);
    }
    boolean first = state == RuntimeState.STARTED;
    state = RuntimeState.READY;
    parked.add(connection);
    if (first) {
      listener.ready();
    }
    match();
    return null;
  }

  private boolean isAnswering() {
    return state == RuntimeState.INVOCATION_RESPONSE
        || state == RuntimeState.INVOCATION_ERROR_RESPONSE;
  }

  /** The answer that the early poll follows may be complete. */
  private void admitEarly() {
    if (early != null && state.leadsTo(RuntimeState.READY)) {
      Connection connection = early;
      early = null;
      state = RuntimeState.READY;
      parked.add(connection);
      match();
    }
  }

  /** An early poll has waited as long as it may for an answer to begin; null: one has begun. */
  Reply tooEarly(Connection connection) {
    if (early != connection || state != RuntimeState.RUNNING) {
      return null;
    }
    early = null;
    return Reply.invalidTransition(state, RuntimeState.READY);
  }

  /** The connection of a waiting poll is gone. */
  void unpark(Connection connection) {
    parked.remove(connection);
    if (early == connection) {
      early = null;
    }
  }

  /** Refuses what does not lead to the beginning of an init error's body; null: it may come. */
  Reply beginInitError() {
    if (!state.leadsTo(RuntimeState.INIT_ERROR)) {
      return Reply.invalidTransition(state, RuntimeState.INIT_ERROR);
    }
    state = RuntimeState.INIT_ERROR;
    return null;
  }

  /** The init error's body is complete. */
  Reply initError(byte[] document) {
    listener.initError(document);
    return Reply.ACCEPTED;
  }

  /** The init error's body broke off: it may come again. */
  void initErrorTruncated() {
    state = RuntimeState.STARTED;
  }

  /**
   * Refuses an answer by its head; null: its body may come, into the slot's pipe.
   *
   * @param slot the slot that holds the id; null: none does
   */
  Reply beginAnswer(Connection connection, Slot slot, boolean error, Request request) {
    if (slot == null) {
      return Reply.INVALID_REQUEST_ID;
    }
    RuntimeState next =
        error ? RuntimeState.INVOCATION_ERROR_RESPONSE : RuntimeState.INVOCATION_RESPONSE;
    RuntimeState now = stateOf(slot);
    if (!now.leadsTo(next)) {
      return Reply.invalidTransition(now, next);
    }
    String mode = request.responseMode;
    boolean streaming = !error && mode != null && !mode.isEmpty();
    if (streaming && !mode.equals("streaming")) {
      to(next);
      settle(slot, Slot.Outcome.DOCUMENT, ErrorTypes.INVALID_RESPONSE_MODE, null);
      return Reply.INVALID_RESPONSE_MODE;
    }
    to(next);
    slot.phase = Slot.Phase.RECEIVING;
    slot.receiver = connection;
    slot.error = error;
    slot.streaming = streaming;
    slot.contentType = streaming ? mediaType(request.contentType) : null;
    return null;
  }

  private static String mediaType(String said) {
    return said == null || said.isEmpty() ? Invocation.OCTET_STREAM : said;
  }

  /** Ends an invocation whose answer was begun; see {@link Slot#settle}. */
  void settle(Slot slot, Slot.Outcome outcome, byte[] document, String errorType) {
    to(RuntimeState.RESPONSE_SENT);
    if (outcome != Slot.Outcome.DOCUMENT) {
      slot.pipe.publish();
    }
    slot.settle(outcome, document, errorType);
    listener.arrived(slot);
    admitEarly();
  }

  /** A part of a stream was appended. */
  void streamed(Slot slot) {
    slot.pipe.publish();
    listener.arrived(slot);
  }

  /** The caller consumed some of a stream. */
  void resume(Slot slot) {
    if (slot.receiver != null && !slot.overdrawn()) {
      slot.paused(false);
      slot.receiver.resume();
    }
  }

  /** Whether one more connection is taken. */
  boolean admit(Connection connection) {
    return !closed && connections.size() < connectionsMax && connections.add(connection);
  }

  void gone(Connection connection) {
    connections.remove(connection);
  }

  void received(int bytes) {
    received += bytes;
  }

  /** Bytes that came so far, by all connections. */
  long received() {
    return received;
  }

  /** Nobody will consume what is left of a stream: connections read on, whatever is paused. */
  void readOn() {
    readsOn = true;
    for (Connection connection : connections.toArray(Connection[]::new)) {
      connection.resume();
    }
  }

  /** Whether what is sent is read however little of it is consumed. */
  boolean readsOn() {
    return readsOn;
  }

  /** Open connections. */
  int connections() {
    return connections.size();
  }

  /** Closes all connections; nothing is heard afterwards. */
  void close() {
    closed = true;
    for (Connection connection : connections.toArray(Connection[]::new)) {
      connection.close();
    }
  }
}
