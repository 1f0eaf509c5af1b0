package io.ringmaster.sandbox.keeper;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Wire;
import java.util.ArrayDeque;

/**
 * What waits to be sent on one wire, so that the keeper never blocks on a reader that is slow. Owns
 * the descriptors of what waits, and closes them when sent. Bounded by its users: the engine's
 * commands are not read while too many answers wait.
 */
final class Outbox {
  private record Message(int op, int id, int a, long b, String text, int[] descriptors) {}

  private final Linux linux;
  private final Wire wire;
  private final ArrayDeque<Message> waiting = new ArrayDeque<>();
  private boolean peerGone;

  Outbox(Linux linux, Wire wire) {
    this.linux = linux;
    this.wire = wire;
  }

  /** Sends, or keeps it for {@link #flush}; the descriptors are the outbox's from now on. */
  void send(int op, int id, int a, long b, String text, int... descriptors) {
    waiting.add(new Message(op, id, a, b, text, descriptors));
    flush();
  }

  /** Sends what the wire takes now. To a peer that is gone everything is sent: nobody misses it. */
  void flush() {
    while (!waiting.isEmpty()) {
      Message m = waiting.peek();
      int result = peerGone ? 0 : wire.trySend(m.op, m.id, m.a, m.b, m.text, m.descriptors);
      if (result == -Errno.EAGAIN) {
        return;
      }
      peerGone |= result == -Errno.EPIPE;
      waiting.remove();
      for (int descriptor : m.descriptors) {
        linux.close(descriptor);
      }
    }
  }

  int size() {
    return waiting.size();
  }

  /** Forgets what waits. */
  void close() {
    peerGone = true;
    flush();
  }
}
