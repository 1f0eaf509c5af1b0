package io.ringmaster.engine.injvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.stress.Awake;
import io.ringmaster.stress.Rounds;
import io.ringmaster.stress.SmallEvent;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler's thread that goes to sleep hears of every invocation. */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class HandlerSleepTest {
  private static final SandboxSpec SPEC =
      new SandboxSpec(
          "injvm",
          "",
          Path.of("/"),
          null,
          "x86_64",
          Map.of(),
          new SandboxSpec.Identity(
              "123456789012", "us-east-1", "f", "1", "arn", "/aws/lambda/f", "Text", "", ""),
          128,
          0,
          512,
          false);

  private final Told told = new Told();

  private static final class Told implements DriverEvents {
    private int ready;
    private long answers;

    @Override
    public void ready(int sandbox, int slots, long bindNs, long initNs) {
      ready++;
    }

    @Override
    public void initFailed(int sandbox, byte[] error, long initNs) {
      throw new AssertionError();
    }

    @Override
    public void initRefused(int sandbox, String errorType, String text, long initNs) {
      throw new AssertionError(errorType);
    }

    @Override
    public void taken(int slot, long sequence) {}

    @Override
    public void skipped(int slot, long sequence) {}

    @Override
    public void chunk(int slot, long sequence, int bytes) {
      throw new AssertionError();
    }

    @Override
    public void response(int slot, long sequence, boolean error, long mark, int memoryKb) {
      answers++;
      assertEquals(answers, sequence);
    }

    @Override
    public void exited(int sandbox, int status, int maxMemoryKb) {
      throw new AssertionError();
    }

    @Override
    public void failed(int sandbox, Fault fault, String detail) {
      throw new AssertionError(detail);
    }
  }

  @Test
  void noInvocationIsSleptThrough() {
    int rounds = Rounds.of(200_000);
    Rounds pauses = new Rounds(1);
    Thread[] handlers = new Thread[1];
    int found = 0;
    try (InJvmDriver driver = new InJvmDriver(new Awake(), (sandbox, mark, line) -> {})) {
      driver.register(
          1,
          new FunctionCode.InJvm((event, response) -> handlers[0] = Thread.currentThread(), false));
      int sandbox = driver.prepare(new PoolKey("123456789012", 1, "", ""), SPEC);
      Rounds.await(() -> driver.poll(told, 1) > 0, "not ready");
      assertEquals(1, told.ready);
      ResponseBuffer answer = new ResponseBuffer();
      for (int round = 1; round <= rounds; round++) {
        answer.clear();
        pauses.pause();
        if (handlers[0] != null && handlers[0].getState() == Thread.State.WAITING) {
          found++;
        }
        assertTrue(driver.offer(Slots.slot(sandbox, 0), new SmallEvent(round, answer)));
        int wanted = round;
        Rounds.await(
            () -> driver.poll(told, 8) >= 0 && told.answers == wanted,
            "invocation " + round + " was slept through");
      }
    }
    assertTrue(found > 0, "it never slept");
    assertTrue(found < rounds, "it always slept");
  }
}
