package io.ringmaster.conformance.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Invokes over one kept connection, all the time, and looks at every answer. One thread. */
final class GoodClient implements Runnable {
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final InetSocketAddress server;
  private final List<String> failures = new ArrayList<>();
  private volatile boolean enough;
  private long served;
  private long longestNs;

  GoodClient(InetSocketAddress server) {
    this.server = server;
  }

  void stop() {
    enough = true;
  }

  /** To be read when the thread has ended, as the others. */
  List<String> failures() {
    return failures;
  }

  long served() {
    return served;
  }

  long longestNs() {
    return longestNs;
  }

  @Override
  public void run() {
    try (Wire wire = new Wire(server)) {
      for (long number = 0; !enough; number++) {
        String payload = "{\"good\":" + number + "}";
        long beganNs = System.nanoTime();
        Reply reply = Reply.read(wire.send(Attack.invocation(payload)).in());
        longestNs = Math.max(longestNs, System.nanoTime() - beganNs);
        if (reply.status() != 200 || !reply.body().equals(payload)) {
          failures.add("call " + number + " was answered " + reply);
          return;
        }
        served++;
        LockSupport.parkNanos(PAUSE_NS);
      }
    } catch (IOException | RuntimeException e) {
      failures.add("call " + served + ": " + e);
    }
  }
}
