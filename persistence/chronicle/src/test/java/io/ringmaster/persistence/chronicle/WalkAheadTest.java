package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walking ahead on another thread finds what walking finds. */
final class WalkAheadTest {
  private static final int CYCLE = 1;

  @TempDir Path folder;

  /** A record as it lies there, and whether there was damage up to it. */
  private record Seen(long position, int checksum, boolean damaged) {
    static Seen of(ByteBuffer bytes, int at, long position, boolean damaged) {
      int from = bytes.arrayOffset() + at;
      byte[] record = Arrays.copyOfRange(bytes.array(), from, from + bytes.getInt(at + 4));
      return new Seen(position, Arrays.hashCode(record), damaged);
    }
  }

  /** Records across windows, of many windows' number, larger than a window. */
  private void write() throws IOException {
    Random random = new Random(7);
    JournalLimits one = new JournalLimits(100_000, 1L << 30, 1L << 30, 1_000_000, Long.MAX_VALUE);
    try (TestJournal journal = new TestJournal(folder, false, one, new JournalFiles())) {
      for (int id = 0; id < 200; id++) {
        journal.accept(id, random.nextInt(60_000));
      }
      journal.accept(200, 3_000_000);
      for (int id = 201; id < 400; id++) {
        journal.accept(id, random.nextInt(100));
      }
    }
  }

  private CycleFolders folders() {
    return new CycleFolders(new JournalFiles(), folder);
  }

  private Seal seal() throws IOException {
    return Seal.read(new JournalFiles(), folder);
  }

  private List<Seen> walked() throws IOException {
    List<Seen> all = new ArrayList<>();
    try (RecordWalk walk = new RecordWalk(folders(), seal(), CYCLE)) {
      while (walk.advance()) {
        long position = Position.of(CYCLE, walk.bytesAt() + walk.at());
        all.add(Seen.of(walk.bytes(), walk.at(), position, walk.damaged()));
      }
    }
    return all;
  }

  private List<Seen> walkedAhead(boolean damaged) throws IOException {
    List<Seen> all = new ArrayList<>();
    try (WalkAhead walk = new WalkAhead(folders(), seal(), CYCLE)) {
      while (walk.advance()) {
        all.add(Seen.of(walk.bytes(), walk.at(), walk.position(), walk.damagedSoFar()));
      }
      assertEquals(damaged, walk.damaged());
      assertEquals(damaged, walk.missing() > 0);
    }
    return all;
  }

  @Test
  void itFindsTheSame() throws IOException {
    write();
    List<Seen> walked = walked();
    assertEquals(walked, walkedAhead(false));
    assertTrue(walked.size() > 400);
  }

  @Test
  void itFindsTheSameAroundDamage() throws IOException {
    write();
    Seen broken = walked().get(150);
    try (RandomAccessFile file = new RandomAccessFile(folders().data(CYCLE).toFile(), "rw")) {
      long at = Position.offset(broken.position()) + Records.HEAD_BYTES;
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1);
    }
    List<Seen> walked = walked();
    assertEquals(walked, walkedAhead(true));
    assertFalse(walked.getFirst().damaged());
    assertTrue(walked.getLast().damaged());
  }

  @Test
  void itEndsWhenNobodyLooksOn() throws IOException {
    write();
    try (WalkAhead walk = new WalkAhead(folders(), seal(), CYCLE)) {
      assertTrue(walk.advance());
    }
  }

  @Test
  void aReadThatFailsIsTold() throws IOException {
    write();
    JournalFiles failing =
        new JournalFiles() {
          @Override
          int read(FileChannel channel, ByteBuffer into, long position) throws IOException {
            if (position > 2_000_000) {
              throw new IOException("of the disk");
            }
            return super.read(channel, into, position);
          }
        };
    try (WalkAhead walk = new WalkAhead(new CycleFolders(failing, folder), seal(), CYCLE)) {
      IOException told =
          assertThrows(
              IOException.class,
              () -> {
                while (walk.advance()) {
                  assertTrue(walk.offset() < 3_000_000);
                }
              });
      assertEquals("of the disk", told.getMessage());
    }
  }
}
