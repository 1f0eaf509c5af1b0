package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.runtimeapi.RawClient.Answer;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many sessions, many runtimes, one dispatcher: each invocation is answered once, with its own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StressTest {
  private static final boolean FULL = "full".equals(System.getProperty("ringmaster.tests"));
  private static final int SESSIONS = 8;
  private static final int SLOTS = 4;
  private static final int INVOCATIONS = FULL ? 20_000 : 2_000;

  private final NettyRuntimeApi api = new NettyRuntimeApi();

  @AfterEach
  void close() {
    api.close();
  }

  /** What the dispatcher knows of one session. */
  private static final class Lane implements RuntimeApiSession.Events {
    final RuntimeApiSession session;
    final TestInvocation[] inSlot = new TestInvocation[SLOTS];
    boolean isReady;
    int answered;

    Lane(NettyRuntimeApi api, Semaphore arrived) {
      session = api.open(SLOTS, arrived::release);
    }

    @Override
    public void ready() {
      assertFalse(isReady);
      isReady = true;
    }

    @Override
    public void initError(byte[] document) {
      throw new AssertionError("init error");
    }

    @Override
    public void chunk(int index, long sequence, int bytes) {
      assertEquals(sequence, inSlot[index].sequence);
    }

    @Override
    public void answer(int index, long sequence, boolean functionError) {
      TestInvocation invocation = inSlot[index];
      assertEquals(sequence, invocation.sequence);
      assertEquals("r" + sequence, invocation.answerText());
      assertEquals(sequence % 3 == 1, functionError);
      inSlot[index] = null;
      answered++;
    }
  }

  /** One of a runtime's threads: polls and answers, in one of three ways. */
  private static void runtime(int port) {
    try (RawClient client = new RawClient(port)) {
      while (true) {
        Answer event = client.next().answer();
        if (event.status() != 200) {
          throw new AssertionError(event.body());
        }
        String id = event.fields().get("lambda-runtime-aws-request-id");
        long number = Long.parseLong(event.body());
        String to = RawClient.API + "invocation/" + id;
        String text = "r" + number;
        switch ((int) (number % 3)) {
          case 0 -> client.post(to + "/response", "", text);
          case 1 -> client.post(to + "/error", "", text);
          default ->
              client.send(
                  RawClient.head("POST", to + "/response")
                      + "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n1\r\nr\r\n"
                      + Integer.toHexString(text.length() - 1)
                      + "\r\n"
                      + text.substring(1)
                      + "\r\n0\r\n\r\n");
        }
        Answer accepted = client.answer();
        if (accepted.status() != 202) {
          throw new AssertionError(accepted.body());
        }
      }
    } catch (UncheckedIOException closed) {
      // The session is over.
    }
  }

  @Test
  void everyInvocationIsAnsweredOnce() throws InterruptedException {
    Semaphore arrived = new Semaphore(0);
    List<Lane> lanes = new ArrayList<>();
    List<Thread> runtimes = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      Lane lane = new Lane(api, arrived);
      lanes.add(lane);
      String address = lane.session.address();
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      for (int slot = 0; slot < SLOTS; slot++) {
        runtimes.add(Thread.ofPlatform().start(() -> runtime(port)));
      }
    }
    long sequence = 0;
    int settled = 0;
    while (settled < INVOCATIONS) {
      settled = 0;
      for (Lane lane : lanes) {
        lane.session.poll(lane, 3);
        for (int i = 0; i < SLOTS && lane.isReady && sequence < INVOCATIONS; i++) {
          if (lane.inSlot[i] == null) {
            sequence++;
            lane.inSlot[i] = new TestInvocation(sequence, Long.toString(sequence));
            lane.session.invoke(i, lane.inSlot[i]);
          }
        }
        settled += lane.answered;
      }
      if (arrived.tryAcquire(1, TimeUnit.MILLISECONDS)) {
        arrived.drainPermits();
      }
    }
    lanes.forEach(lane -> lane.session.close());
    for (Thread runtime : runtimes) {
      runtime.join();
    }
    assertEquals(INVOCATIONS, settled);
  }

  /** The dispatcher's thread allocates nothing when warm. */
  @Test
  void theDispatcherAllocatesNothing() {
    int warm = 3000;
    int measured = 1000;
    Semaphore arrived = new Semaphore(0);
    RuntimeApiSession session = api.open(1, arrived::release);
    int port = Integer.parseInt(session.address().split(":")[1]);
    Thread.ofPlatform().daemon().start(() -> runtime(port));
    TestInvocation invocation = new TestInvocation(3, "3");
    boolean[] answered = new boolean[1];
    RuntimeApiSession.Events events =
        new RuntimeApiSession.Events() {
          @Override
          public void ready() {}

          @Override
          public void initError(byte[] document) {
            throw new AssertionError("init error");
          }

          @Override
          public void chunk(int index, long sequence, int bytes) {}

          @Override
          public void answer(int index, long sequence, boolean functionError) {
            answered[0] = true;
          }
        };
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < warm + measured; i++) {
      if (i == warm) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      answered[0] = false;
      invocation.answer.clear();
      session.invoke(0, invocation);
      while (!answered[0]) {
        session.poll(events, 16);
        Thread.onSpinWait();
      }
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < measured, () -> allocated + " bytes for " + measured);
  }
}
