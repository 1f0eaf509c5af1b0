package io.ringmaster.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Inputs for a parser, one after the other: the seed of each is told when it fails. How many there
 * are: {@code ringmaster.inputs}; where to begin: {@code ringmaster.seed}.
 */
public final class Fuzz {
  private static final int INPUTS = Integer.getInteger("ringmaster.inputs", 200_000);
  private static final long SEED = Long.getLong("ringmaster.seed", 1);

  private Fuzz() {}

  /** One input. */
  @FunctionalInterface
  public interface Input {
    /** Makes it, feeds it, and judges what came. */
    void run(SplittableRandom random);
  }

  /** Feeds all of them; what they came to is written to {@code target/fuzz-NAME.json}. */
  public static void run(String name, Input input) throws IOException {
    long beganNs = System.nanoTime();
    for (long seed = SEED; seed < SEED + INPUTS; seed++) {
      try {
        input.run(new SplittableRandom(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(name + ": input with -Dringmaster.seed=" + seed, e);
      }
    }
    Files.createDirectories(Path.of("target"));
    Files.writeString(
        Path.of("target", "fuzz-" + name + ".json"),
        "{\"parser\":\"%s\",\"inputs\":%d,\"seconds\":%d}%n"
            .formatted(name, INPUTS, (System.nanoTime() - beganNs) / 1_000_000_000));
  }

  /** Changes a few bytes: flipped, set to what ends ranges, cut out, doubled. */
  public static byte[] damage(byte[] bytes, SplittableRandom random) {
    byte[] damaged = bytes;
    for (int changes = random.nextInt(4); changes > 0 && damaged.length > 0; changes--) {
      int at = random.nextInt(damaged.length);
      int count = Math.min(1 + random.nextInt(8), damaged.length - at);
      switch (random.nextInt(5)) {
        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 1 ->
            damaged[at] = (byte) new int[] {0, 1, 0x7f, 0x80, 0xff, '\r', '\n'}[random.nextInt(7)];
        case 2 -> damaged[at] = (byte) random.nextInt();
        case 3 -> damaged = spliced(damaged, at, count, 0);
        default -> damaged = spliced(damaged, at, count, 2);
      }
    }
    return damaged;
  }

  /** With {@code count} bytes at {@code at} so many times. */
  private static byte[] spliced(byte[] bytes, int at, int count, int times) {
    byte[] result = new byte[bytes.length + (times - 1) * count];
    System.arraycopy(bytes, 0, result, 0, at);
    int to = at;
    for (int i = 0; i < times; i++) {
      System.arraycopy(bytes, at, result, to, count);
      to += count;
    }
    System.arraycopy(bytes, at + count, result, to, bytes.length - at - count);
    return result;
  }
}
