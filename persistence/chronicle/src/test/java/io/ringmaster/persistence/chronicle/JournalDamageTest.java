package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were cut or changed: what is whole is used, what is not is told and never served. */
final class JournalDamageTest {
  private static final int EVENTS = 60;
  private static final int BODY_BYTES = 500;
  private static final int BLOCK_BYTES = 4096;
  private static final JournalLimits ONE_CYCLE =
      new JournalLimits(100_000, 1L << 30, 1L << 30, 1_000_000, Long.MAX_VALUE);

  @TempDir Path folder;
  private final List<Long> handles = new ArrayList<>();

  private Path written() throws IOException {
    try (TestJournal one = new TestJournal(folder, ONE_CYCLE, new JournalFiles())) {
      for (int id = 0; id < EVENTS; id++) {
        handles.add(one.accept(id, BODY_BYTES));
      }
    }
    return TestFolders.cycles(folder).getFirst();
  }

  /** The same, many to a document, but for the first: behind it comes the checkpoint. */
  private Path writtenTogether() throws IOException {
    try (TestJournal one = new TestJournal(folder, ONE_CYCLE, new JournalFiles())) {
      handles.add(one.accept(0, BODY_BYTES));
      one.sync();
      one.sync();
      List<CompletableFuture<Long>> accepted = new ArrayList<>();
      for (int id = 1; id < EVENTS; id++) {
        accepted.add(one.offer(TestJournal.event(id, BODY_BYTES)));
      }
      for (CompletableFuture<Long> each : accepted) {
        handles.add(TestJournal.await(each));
      }
    }
    return TestFolders.cycles(folder).getFirst();
  }

  /** Where a body begins in the file. */
  private static int find(byte[] file, long id) {
    byte[] body = TestJournal.body(id, BODY_BYTES);
    ByteBuffer all = ByteBuffer.wrap(file);
    for (int at = 0; at + BODY_BYTES <= file.length; at++) {
      if (all.slice(at, BODY_BYTES).equals(ByteBuffer.wrap(body))) {
        return at;
      }
    }
    throw new IllegalStateException("not there");
  }

  private static void overwrite(Path path, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  @Test
  void aChangedByteCostsOneEvent() throws IOException {
    Path file = written();
    overwrite(file, find(Files.readAllBytes(file), 30) + 100L, new byte[] {-1, -2});
    assertAllBut(1, 30);
  }

  @Test
  void aChangedByteOfABatchCostsOneEvent() throws IOException {
    Path file = writtenTogether();
    overwrite(file, find(Files.readAllBytes(file), 30) + 100L, new byte[] {-1, -2});
    assertAllBut(1, 30);
  }

  @Test
  void aWipedPageCostsTheEventsInIt() throws IOException {
    Path file = written();
    overwrite(file, find(Files.readAllBytes(file), 20) + 10L, new byte[4096]);
    try (TestJournal again = new TestJournal(folder)) {
      int missing = EVENTS - again.recovered.size();
      assertTrue(missing >= 7 && missing <= 9, () -> missing + " are missing");
      assertEquals(1, quarantined(again));
      serveAll(again);
    }
  }

  @Test
  void aFileThatWasCutLosesItsEnd() throws IOException {
    Path file = written();
    int at = find(Files.readAllBytes(file), 40);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(at + 17L);
    }
    assertAllBut(20, 40);
  }

  private void assertAllBut(int missing, int first) throws IOException {
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(EVENTS - missing, again.recovered.size());
      for (int id = first; id < first + missing; id++) {
        assertFalse(again.recovered.containsKey(handles.get(id)));
      }
      assertEquals(1, quarantined(again));
      serveAll(again);
      again.accept(1_000, 10);
    }
    try (TestJournal third = new TestJournal(folder)) {
      assertEquals(EVENTS - missing + 1, third.recovered.size());
      serveAll(third);
    }
  }

  /** Counted by the thread for files: after a reading it has been. */
  private int quarantined(TestJournal journal) throws IOException {
    journal.read(journal.recovered.keySet().iterator().next());
    journal.sync();
    journal.sync();
    return journal.journal.status().quarantined();
  }

  private static void serveAll(TestJournal journal) throws IOException {
    for (var each : journal.recovered.entrySet()) {
      TestJournal.Owed owed = each.getValue();
      assertArrayEquals(
          TestJournal.body(owed.id(), owed.bodyBytes()), journal.read(each.getKey()).body());
    }
  }

  /** What Chronicle notes beside a cycle, and nobody forces: any of its blocks may be as it was. */
  @Test
  void blocksOfMetadataMayBeTorn() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    written();
    int id = 1_000;
    for (int round = 0; round < 8; round++) {
      CycleFolders folders = new CycleFolders(new JournalFiles(), folder);
      for (int cycle : folders.list()) {
        Path metadata = folders.metadata(cycle);
        if (Files.exists(metadata)) {
          tear(metadata, random);
        }
      }
      try (TestJournal again = new TestJournal(folder, ONE_CYCLE, new JournalFiles())) {
        assertEquals(EVENTS + round, again.recovered.size(), () -> "seed " + seed);
        assertEquals(0, quarantined(again), () -> "seed " + seed);
        serveAll(again);
        again.accept(id++, 10);
      }
    }
  }

  /** Each block stays, was never written or is anything; or the file is short, or not there. */
  private static void tear(Path metadata, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(metadata);
    for (int at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
      byte[] torn = new byte[BLOCK_BYTES];
      switch (random.nextInt(3)) {
        case 0 -> System.arraycopy(bytes, at, torn, 0, BLOCK_BYTES);
        case 1 -> random.nextBytes(torn);
        default -> {}
      }
      System.arraycopy(torn, 0, bytes, at, BLOCK_BYTES);
    }
    switch (random.nextInt(4)) {
      case 0 -> Files.delete(metadata);
      case 1 -> Files.write(metadata, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      default -> Files.write(metadata, bytes);
    }
  }

  @Test
  void damagedCyclesAreSetAsideAndNotRemoved() throws IOException {
    Path file = written();
    overwrite(file, find(Files.readAllBytes(file), 30) + 100L, new byte[] {-1, -2});
    try (TestJournal again = new TestJournal(folder)) {
      for (int id = 1_000; id < 2_000; id++) {
        again.journal.settle(again.accept(id, 300));
      }
      serveAll(again);
    }
    try (var aside = Files.list(folder.resolve("quarantine"))) {
      assertEquals(1, aside.count());
    }
    try (TestJournal third = new TestJournal(folder)) {
      assertEquals(EVENTS - 1, third.recovered.size());
      assertEquals(1, quarantined(third));
    }
  }

  @Test
  void aBodyThatRotsWhileItIsOwedIsNotServed() throws IOException {
    Path file = written();
    try (TestJournal again = new TestJournal(folder, ONE_CYCLE, new JournalFiles())) {
      overwrite(file, find(Files.readAllBytes(file), 5) + 3L, new byte[] {-1, -2});
      TestJournal.Found found = again.read(handles.get(5));
      assertTrue(found.failure().contains("damaged"), found::toString);
      assertArrayEquals(TestJournal.body(6, BODY_BYTES), again.read(handles.get(6)).body());
    }
  }

  /** What a body holds is never taken for a record, however the file is damaged. */
  @Test
  void aRecordInABodyIsNoRecord() throws IOException {
    long victim;
    try (TestJournal one = new TestJournal(folder, ONE_CYCLE, new JournalFiles())) {
      victim = one.accept(1, 100);
      Records.Encoder forger = new Records.Encoder(new Seal(0x31415927, new byte[16]));
      OwedTable.Row settled = new OwedTable.Row();
      settled.number = 1;
      int length = forger.outcome(50, settled);
      byte[] body = new byte[BODY_BYTES];
      for (int at = 0; at + length < body.length; at += (length + 3) / 4 * 4) {
        System.arraycopy(forger.array(), 0, body, at, length);
      }
      one.accept(new Journal.Event(~2L, 2, TestJournal.LANE, 1, 1, 0, body));
      one.accept(3, 100);
    }
    Path file = TestFolders.cycles(folder).getFirst();
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, new byte[] {0x27, 0x59, 0x41, 0x31});
    overwrite(file, at - 90L, new byte[40]); // the head of the record around it
    try (TestJournal again = new TestJournal(folder)) {
      assertTrue(again.recovered.containsKey(victim));
      assertEquals(2, again.recovered.size());
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length < bytes.length; at++) {
      if (ByteBuffer.wrap(bytes, at, part.length).equals(ByteBuffer.wrap(part))) {
        return at;
      }
    }
    throw new IllegalStateException("not there");
  }

  /** Bytes anywhere, and each bit of words in front of records: it is all there, or it is told. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anythingMayBeInTheNewestFile(boolean together) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path file = together ? writtenTogether() : written();
    byte[] good = Files.readAllBytes(file);
    int first = find(good, 1);
    int last = find(good, EVENTS - 3L);
    for (int round = 0; round < 20; round++) {
      byte[] bad = good.clone();
      int changes = 1 + random.nextInt(200);
      for (int i = 0; i < changes; i++) {
        bad[first + random.nextInt(last - first)] = (byte) random.nextInt();
      }
      checkTold(file, bad, "seed " + seed);
    }
    int word = indexOf(good, wordBefore(good, 30));
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      byte[] bad = good.clone();
      bad[word + bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      checkTold(file, bad, "bit " + bit);
    }
  }

  /** The word of the document with an event, and the event's head behind it. */
  private static byte[] wordBefore(byte[] file, long id) {
    int head = 80 + TestJournal.LANE.length() + Integer.BYTES;
    int at = find(file, id) - head;
    return Arrays.copyOfRange(file, at, at + head);
  }

  private void checkTold(Path file, byte[] content, String what) throws IOException {
    Files.write(file, content);
    Path mark = file.resolveSibling("damaged");
    Files.deleteIfExists(mark);
    CycleFolders folders = new CycleFolders(new JournalFiles(), folder);
    OwedTable table = new OwedTable();
    new Replay(folders, Seal.read(new JournalFiles(), folder), table)
        .run(List.of(1), (_, _, _, _, _, _, _, _) -> {});
    assertTrue(table.owed() == EVENTS || Files.exists(mark), table.owed() + " owed; " + what);
    OwedTable.Row row = new OwedTable.Row();
    for (int place = 0; place < table.places(); place++) {
      if (table.number(place) != 0 && table.read(place, row)) {
        assertEquals(TestJournal.LANE, row.lane, what);
        assertEquals(row.idLow, ~row.idHigh, what);
      }
    }
  }

  @Test
  void aJournalWithoutItsIdentityIsAnError() throws IOException {
    written();
    overwrite(folder.resolve("identity"), 0, new byte[4]);
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(EVENTS, again.recovered.size());
    }
    overwrite(folder.resolve("identity"), 0, new byte[4]);
    overwrite(folder.resolve("identity.copy"), 0, new byte[4]);
    assertThrows(IOException.class, () -> new TestJournal(folder));
    Files.delete(folder.resolve("identity"));
    Files.delete(folder.resolve("identity.copy"));
    assertThrows(IOException.class, () -> new TestJournal(folder));
  }

  @Test
  void aJournalThatWasBarelyMadeOpens() throws IOException {
    Files.write(folder.resolve("identity"), new byte[3]);
    try (TestJournal first = new TestJournal(folder)) {
      first.accept(1, 10);
    }
    try (TestJournal second = new TestJournal(folder)) {
      assertEquals(1, second.recovered.size());
    }
  }
}
