package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.ringmaster.sandbox.spi.RuntimeApiSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A session and what it tells: the test's thread is the dispatcher. */
final class Engine implements RuntimeApiSession.Events, AutoCloseable {
  static final long PATIENCE_SECONDS = 20;

  final RuntimeApiSession session;
  final List<String> heard = new ArrayList<>();
  private final Semaphore arrived = new Semaphore(0);

  Engine(NettyRuntimeApi api) {
    this(api, 1);
  }

  Engine(NettyRuntimeApi api, int slots) {
    session = api.open(slots, arrived::release);
  }

  int port() {
    return Integer.parseInt(session.address().substring(session.address().indexOf(':') + 1));
  }

  RawClient connect() {
    return new RawClient(port());
  }

  /** Polls until that much was heard, and checks that it was that. */
  void hears(String... expected) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (heard.size() < expected.length) {
      turn(until);
    }
    session.poll(this, 16);
    assertEquals(List.of(expected), heard);
    heard.clear();
  }

  /** Polls once there is something. */
  void turn(long untilNs) {
    if (session.poll(this, 16) > 0) {
      return;
    }
    try {
      if (!arrived.tryAcquire(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        fail("nothing arrived; heard " + heard);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    arrived.drainPermits();
  }

  @Override
  public void ready() {
    heard.add("ready");
  }

  @Override
  public void initError(byte[] document) {
    heard.add("initError " + new String(document, StandardCharsets.UTF_8));
  }

  @Override
  public void chunk(int index, long sequence, int bytes) {
    heard.add("chunk " + index + " " + sequence + " " + bytes);
  }

  @Override
  public void answer(int index, long sequence, boolean functionError) {
    heard.add("answer " + index + " " + sequence + (functionError ? " error" : ""));
  }

  @Override
  public void close() {
    session.close();
  }
}
