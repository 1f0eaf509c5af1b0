package io.ringmaster.stress.litmus;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * What every wake-up between the engine and a sandbox rests on, alone: two processes share memory,
 * each stores its own flag, has its full fence or has none, and loads the other's. With fences one
 * of them at least sees the other's; where neither does, a sleeper sleeps and nobody rings.
 *
 * <p>Both begin each round together and a few cycles apart. What they saw of round n is told in one
 * of two places, and counted by the first party after both have begun round n + 1.
 */
final class StoreLoad {
  static final int BYTES = 4096;

  // Words of the first party; those of the second lie behind.
  private static final int TURN = 0;
  private static final int FLAG = 64;
  private static final int SAW = 128;
  private static final int SECOND = 256;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer memory;
  private final int own;
  private final int theirs;
  private final SplittableRandom random;

  /** Rounds in which both parties, the first, the second, or neither saw the other's flag. */
  record Seen(long both, long first, long second, long neither) {
    @Override
    public String toString() {
      return "{\"both\":%d,\"first\":%d,\"second\":%d,\"lost\":%d}"
          .formatted(both, first, second, neither);
    }
  }

  StoreLoad(Path file, boolean first, long seed) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
    }
    memory.order(ByteOrder.LITTLE_ENDIAN);
    own = first ? 0 : SECOND;
    theirs = first ? SECOND : 0;
    random = new SplittableRandom(seed);
  }

  /**
   * The second party, a process of its own.
   *
   * @param arguments file, rounds, seed, {@code fenced} or {@code unfenced}
   */
  public static void main(String[] arguments) throws IOException {
    long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    new StoreLoad(Path.of(arguments[0]), false, Long.parseLong(arguments[2]))
        .play(
            Long.parseLong(arguments[1]),
            arguments[3].equals("fenced"),
            () -> ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) == parent);
  }

  /**
   * Plays.
   *
   * @param goesOn asked now and then while the other party is waited for
   * @return what was seen, if this is the first party
   * @throws IllegalStateException the other party is gone
   */
  Seen play(long rounds, boolean fenced, BooleanSupplier goesOn) {
    long[] seen = new long[4];
    for (long number = 1; number <= rounds; number++) {
      begin(number, goesOn);
      if (number > 1) {
        seen[seen(number - 1)]++;
      }
      for (int spins = random.nextInt(16) - 8; spins > 0; spins--) {
        Thread.onSpinWait();
      }
      WORD.setOpaque(memory, own + FLAG, number);
      if (fenced) {
        VarHandle.fullFence();
      }
      boolean saw = (long) WORD.getOpaque(memory, theirs + FLAG) == number;
      WORD.setRelease(memory, own + SAW + (int) (number & 1) * 8, 2 * number + (saw ? 1 : 0));
    }
    begin(rounds + 1, goesOn);
    return new Seen(seen[3], seen[1], seen[2], seen[0]);
  }

  private void begin(long number, BooleanSupplier goesOn) {
    WORD.setRelease(memory, own + TURN, number);
    for (int looks = 1; (long) WORD.getAcquire(memory, theirs + TURN) < number; looks++) {
      Thread.onSpinWait();
      if ((looks & 0xfff) == 0) {
        Thread.yield();
        if ((looks & 0xffff) == 0 && !goesOn.getAsBoolean()) {
          throw new IllegalStateException("the other party is gone in round " + number);
        }
      }
    }
  }

  private int seen(long number) {
    return (int) (saw(0, number) | saw(SECOND, number) << 1);
  }

  private long saw(int party, long number) {
    return (long) WORD.getAcquire(memory, party + SAW + (int) (number & 1) * 8) & 1;
  }
}
