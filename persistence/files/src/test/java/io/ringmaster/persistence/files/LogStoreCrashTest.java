package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.LogCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that logs is killed, again and again: every line whose append returned is read, once
 * and whole; who follows goes on, and who reads in pages, while lines are written and after a kill.
 */
class LogStoreCrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 3);
  private static final int STREAMS = 4;
  private static final String GROUP = "/aws/lambda/hello";

  /** Two parts of it, or more, in each round; none is removed before it is read. */
  private static final long STREAM_BYTES_MAX = 100_000;

  private static final long OFFSET_MASK = (1L << 40) - 1;

  @TempDir Path folder;

  private static FileLogStore store(Path folder) throws IOException {
    return FileLogStore.open(folder, new FileLogStore.Limits(STREAM_BYTES_MAX, 100 << 20, 0, 4096));
  }

  private static String line(int stream, int number) {
    return stream + " " + number + " " + "x".repeat(new SplittableRandom(number).nextInt(400));
  }

  private static int number(String line) {
    return Integer.parseInt(line.split(" ")[1]);
  }

  /** Appends lines in pieces of any length, and prints how many whole ones each stream has. */
  static final class Printer {
    public static void main(String[] args) throws IOException {
      SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
      int[] next = Arrays.stream(args[2].split(",")).mapToInt(Integer::parseInt).toArray();
      byte[][] rest = new byte[STREAMS][0];
      try (FileLogStore store = store(Path.of(args[0]))) {
        while (!System.out.checkError()) {
          int stream = random.nextInt(STREAMS);
          byte[] more = lines(stream, next[stream], 1 + random.nextInt(8));
          byte[] bytes = Arrays.copyOf(rest[stream], rest[stream].length + more.length);
          System.arraycopy(more, 0, bytes, rest[stream].length, more.length);
          int cut = random.nextInt(2) == 0 ? bytes.length : random.nextInt(bytes.length) + 1;
          store.append(GROUP, "s/" + stream, System.currentTimeMillis(), bytes, 0, cut);
          rest[stream] = Arrays.copyOfRange(bytes, cut, bytes.length);
          next[stream] += (int) newlines(more, more.length);
          long open = newlines(rest[stream], rest[stream].length);
          System.out.println(stream + " " + (next[stream] - open));
        }
      }
    }

    private static byte[] lines(int stream, int from, int count) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < count; i++) {
        lines.append(line(stream, from + i)).append('\n');
      }
      return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static long newlines(byte[] bytes, int length) {
      long count = 0;
      for (int i = 0; i < length; i++) {
        count += bytes[i] == '\n' ? 1 : 0;
      }
      return count;
    }
  }

  /** What one reader has seen of a stream: each line once, in order. */
  private static final class Reader {
    private final int stream;
    private LogCursor cursor;
    private int next;

    Reader(int stream, LogCursor cursor) {
      this.stream = stream;
      this.cursor = cursor;
    }

    /** So many lines at most, or all that are there. */
    void read(int most) throws IOException {
      for (int i = 0; i < most && cursor.next(); i++) {
        String line = cursor.text();
        int number = number(line);
        // Lines are missing only where parts went whose size was used up.
        boolean gone = number > next && (cursor.position() & OFFSET_MASK) == 0;
        assertTrue(
            number == next || gone, () -> "not line " + next + " of " + stream + ": " + line);
        assertEquals(line(stream, number), line);
        next = number + 1;
      }
    }
  }

  @Test
  void whatWasAppendedIsReadOnceAfterAKill() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int[] appended = new int[STREAMS];
    List<Reader> followers = new ArrayList<>();
    try (FileLogStore reading = store(folder)) {
      for (int stream = 0; stream < STREAMS; stream++) {
        followers.add(new Reader(stream, reading.open(GROUP, "s/" + stream, 0)));
      }
      for (int round = 0; round < ROUNDS; round++) {
        int[] acknowledged = killedAfter(500 + random.nextInt(1500), random, appended, followers);
        try (FileLogStore again = store(folder)) {
          for (Reader follower : followers) {
            follower.read(Integer.MAX_VALUE);
            int found = inPages(again, follower.stream, 1 + random.nextInt(100));
            String what = "seed " + seed + ", round " + round + ", stream " + follower.stream;
            assertTrue(found >= acknowledged[follower.stream], what);
            assertEquals(found, follower.next, what);
            appended[follower.stream] = found;
          }
        }
      }
    }
  }

  /** Reads what is there with a cursor for each page; the number behind the last line. */
  private static int inPages(FileLogStore store, int stream, int lines) throws IOException {
    Reader reader = new Reader(stream, store.open(GROUP, "s/" + stream, 0));
    int before = -1;
    while (reader.next != before) {
      before = reader.next;
      reader.read(lines);
      reader.cursor = store.open(GROUP, "s/" + stream, 0, reader.cursor.place());
    }
    return reader.next;
  }

  private int[] killedAfter(
      int acknowledgements, SplittableRandom random, int[] from, List<Reader> followers)
      throws Exception {
    String numbers = String.join(",", Arrays.stream(from).mapToObj(Integer::toString).toList());
    Process printer =
        new ProcessBuilder(
                "setpriv",
                "--pdeathsig=KILL", // it does not outlive this thread
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Printer.class.getName(),
                folder.toString(),
                Long.toString(random.nextLong()),
                numbers)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int[] acknowledged = from.clone();
    int count = 0;
    try (BufferedReader out = printer.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int stream = Integer.parseInt(line.split(" ")[0]);
        acknowledged[stream] = number(line);
        followers.get(stream).read(Integer.MAX_VALUE);
        if (++count == acknowledgements) {
          printer.toHandle().destroyForcibly(); // what it printed until then is read on
        }
      }
    } finally {
      printer.destroyForcibly();
    }
    assertTrue(printer.waitFor(10, TimeUnit.SECONDS));
    assertTrue(count >= acknowledgements, () -> "it ended by itself");
    return acknowledged;
  }
}
