package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was appended is read: whole lines, with their times, beside the writer and after a crash.
 */
class LogReadingTest {
  private static final String GROUP = "/aws/lambda/hello";
  private static final String STREAM = "2026/05/28/[$LATEST]0123456789abcdef0123456789abcdef";
  private static final long DAY_MS = 86_400_000;

  @TempDir Path folder;

  private FileLogStore open(long streamBytesMax) throws IOException {
    return FileLogStore.open(folder, new FileLogStore.Limits(streamBytesMax, 100 << 20, 0, 1));
  }

  private static void append(FileLogStore store, long epochMs, String text) throws IOException {
    append(store, GROUP, STREAM, epochMs, text);
  }

  private static void append(
      FileLogStore store, String group, String stream, long epochMs, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    store.append(group, stream, epochMs, bytes, 0, bytes.length);
  }

  private static List<String> rest(LogCursor cursor) throws IOException {
    List<String> lines = new ArrayList<>();
    while (cursor.next()) {
      lines.add(cursor.epochMs() + " " + cursor.text());
    }
    return lines;
  }

  private Path part() {
    return folder.resolve("aws/lambda/hello/" + STREAM);
  }

  @Test
  void linesAreToldWithTheirTimesAndOnlyWhenTheyAreWhole() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      LogCursor early = store.open(GROUP, STREAM, 0);
      assertFalse(early.next(), "the stream is not there yet");
      append(store, 1000, "one\ntwo\nhal");
      assertEquals(List.of("1000 one", "1000 two"), rest(early));
      append(store, 1500, "f\nthree\n");
      assertEquals(List.of("1000 half", "1500 three"), rest(early));
      assertEquals(List.of("1500 three"), rest(store.open(GROUP, STREAM, 1001)));
      assertEquals(List.of(), rest(store.open(GROUP, STREAM, 1501)));
      append(store, 900, "the clock went back\n");
      assertEquals(List.of("1500 the clock went back"), rest(early));
    }
  }

  @Test
  void readingGoesOnAtThePlaceWhereItEnded() throws IOException {
    List<String> expected = new ArrayList<>();
    List<String> read = new ArrayList<>();
    try (FileLogStore store = open(1000)) {
      long place = LogCursor.BEGIN;
      for (int i = 0; i < 200; i++) {
        append(store, 1000 + 10 * i, "line " + i + "\nha");
        append(store, 1000 + 10 * i, "lf of a line\n");
        expected.add(1000 + 10 * i + " line " + i);
        expected.add(1000 + 10 * i + " half of a line");
        LogCursor cursor = store.open(GROUP, STREAM, 0, place);
        for (int lines = 0; lines < 2 + i % 2 && cursor.next(); lines++) {
          read.add(cursor.epochMs() + " " + cursor.text());
          LogCursor same = store.open(GROUP, STREAM, 0, cursor.position());
          assertTrue(same.next());
          assertEquals(cursor.text(), same.text());
          assertEquals(cursor.epochMs(), same.epochMs());
        }
        place = cursor.place();
      }
      read.addAll(rest(store.open(GROUP, STREAM, 0, place)));
      assertEquals(expected, read);
    }
  }

  @Test
  void whatIsTakenBackIsNeitherToldTwiceNorMended() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, 1000, "one\ntwo\n");
      LogCursor held = store.open(GROUP, STREAM, 0);
      assertEquals(2, rest(held).size());
      for (int round = 0; round < 3; round++) {
        long size = Files.size(part());
        Files.writeString(part(), "half of a chunk that does not f", StandardOpenOption.APPEND);
        long place = held.place();
        assertEquals(List.of(), rest(held));
        try (FileChannel file = FileChannel.open(part(), StandardOpenOption.WRITE)) {
          file.truncate(size);
        }
        if (round == 0) {
          assertEquals(List.of(), rest(held));
        }
        String line = round < 2 ? "short" : "longer than what was taken back, by far";
        append(store, 2000, line + "\n");
        assertEquals(List.of("2000 " + line), rest(held), "round " + round);
        assertEquals(List.of("2000 " + line), rest(store.open(GROUP, STREAM, 0, place)));
      }
    }
  }

  @Test
  void aReaderIsNotOutrunByNewParts() throws IOException {
    List<String> expected = new ArrayList<>();
    List<String> read = new ArrayList<>();
    try (FileLogStore store = open(1000)) {
      LogCursor beside = store.open(GROUP, STREAM, 0);
      for (int i = 0; i < 500; i++) {
        append(store, 1000 + 10 * i, "line " + i + "\n");
        expected.add(1000 + 10 * i + " line " + i);
        if (i % 50 == 0) {
          read.addAll(rest(beside));
        }
      }
      read.addAll(rest(beside));
      assertEquals(expected, read);
      List<String> kept = rest(store.open(GROUP, STREAM, 0));
      assertTrue(kept.size() < 200, "old parts are gone: " + kept.size());
      assertEquals(expected.subList(500 - kept.size(), 500), kept);
      assertEquals(expected.subList(480, 500), rest(store.open(GROUP, STREAM, 1000 + 4800)));
    }
  }

  @Test
  void aStreamOfDaysHasAPartForEach() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      for (int day = 1; day <= 3; day++) {
        append(store, day * DAY_MS, "day " + day + "\n");
        append(store, day * DAY_MS + 1000, "more\n");
      }
      assertTrue(Files.exists(LogNames.part(part(), 2)));
      assertEquals(6, rest(store.open(GROUP, STREAM, 0)).size());
      assertEquals(
          List.of(3 * DAY_MS + " day 3", 3 * DAY_MS + 1000 + " more"),
          rest(store.open(GROUP, STREAM, 2 * DAY_MS + 2000)));
    }
  }

  @Test
  void aLineOverTheEndOfAPartStaysWhole() throws IOException {
    try (FileLogStore store = open(20)) {
      append(store, 1000, "first line\nhalf of ");
      append(store, 1010, "the second line\nthird line\n");
      assertEquals(
          List.of("1000 first line", "1000 half of the second line", "1010 third line"),
          rest(store.open(GROUP, STREAM, 0)));
      assertEquals("third line\n", Files.readString(LogNames.part(part(), 1)));
    }
  }

  @Test
  void aLongLineComesInPieces() throws IOException {
    try (FileLogStore store = open(10 << 20)) {
      append(store, 1000, "x".repeat(2 * LogCursor.LINE_BYTES_MAX + 5) + "\nnext\n");
      LogCursor cursor = store.open(GROUP, STREAM, 0);
      List<Integer> lengths = new ArrayList<>();
      while (cursor.next()) {
        lengths.add(cursor.text().length());
      }
      assertEquals(List.of(LogCursor.LINE_BYTES_MAX, LogCursor.LINE_BYTES_MAX, 5, 4), lengths);
    }
  }

  /** No character is cut in two, and no part ends in a line that goes on in the next one. */
  @Test
  void piecesOfALineOverSeveralPartsAreAllOfIt() throws IOException {
    String character = "€";
    String line = "x" + character.repeat(LogCursor.LINE_BYTES_MAX);
    byte[] bytes = (line + "\nnext\n").getBytes(StandardCharsets.UTF_8);
    StringBuilder pieces = new StringBuilder();
    try (FileLogStore store = open(LogCursor.LINE_BYTES_MAX)) {
      LogCursor cursor = store.open(GROUP, STREAM, 0);
      append(store, 1000, "x");
      for (int at = 1; at < bytes.length; at += 10_000) { // most begin within a character
        store.append(GROUP, STREAM, 1000, bytes, at, Math.min(10_000, bytes.length - at));
        while (cursor.next()) {
          pieces.append(cursor.text());
        }
      }
      assertTrue(Files.exists(LogNames.part(part(), 1)));
    }
    assertEquals(line + "next", pieces.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 1000}) // within the time of the line before, and later
  void aPieceThatACrashCutOffSetsNoReaderBack(int laterMs) throws IOException {
    LogCursor held;
    try (FileLogStore store = open(10 << 20)) {
      held = store.open(GROUP, STREAM, 0);
      append(store, 1000, "one\n");
      append(store, 1000 + laterMs, "x".repeat(LogCursor.LINE_BYTES_MAX + 100));
      assertEquals(2, rest(held).size());
    }
    try (FileLogStore store = open(10 << 20)) {
      append(store, 3000, "after\n");
      assertEquals(List.of("3000 after"), rest(held));
      assertEquals(List.of("1000 one", "3000 after"), rest(store.open(GROUP, STREAM, 0)));
    }
  }

  @Test
  void aPartThatWasRemovedIsNotBegunAgain() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, 1000, "one\n");
      LogCursor held = store.open(GROUP, STREAM, 0);
      assertEquals(List.of("1000 one"), rest(held));
      for (int i = 0; i < 200; i++) { // it is closed
        append(store, GROUP, "other/" + i, 1000, "x\n");
      }
      assertTrue(store.retain(GROUP, 1));
      Files.setLastModifiedTime(part(), FileTime.fromMillis(1000));
      store.expire(3 * DAY_MS);
      assertFalse(Files.exists(part()));
      append(store, 3 * DAY_MS, "two is longer than one\n");
      assertFalse(Files.exists(part()));
      List<String> two = List.of(3 * DAY_MS + " two is longer than one");
      assertEquals(two, rest(held));
      assertEquals(two, rest(store.open(GROUP, STREAM, 0)));
    }
  }

  @Test
  void nothingIsRememberedOfWhatOthersRemove() throws IOException {
    try (FileLogStore store = open(10)) {
      for (int i = 0; i < 300; i++) {
        append(store, GROUP, "s/" + i, 1000, "first line\n");
        append(store, GROUP, "s/" + i, 1000, "second line\n");
      }
      assertEquals(300, store.remembered());
      for (int i = 1; i < 300; i++) {
        Files.delete(folder.resolve("aws/lambda/hello/s/" + i));
        Files.delete(folder.resolve("aws/lambda/hello/s/" + i + "+1"));
      }
      assertTrue(store.retain(GROUP, 1));
      store.expire(1000);
      assertEquals(1, store.remembered());
    }
  }

  @Test
  void whatACrashLeftOfALineIsNeitherReadNorGoneOnWith() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, 1000, "whole\ntor");
    }
    Files.write(LogNames.times(part()), new byte[7], StandardOpenOption.APPEND);
    try (FileLogStore store = open(1 << 20)) {
      assertEquals(List.of("1000 whole"), rest(store.open(GROUP, STREAM, 0)));
      append(store, 2000, "after\n");
      assertEquals(List.of("1000 whole", "2000 after"), rest(store.open(GROUP, STREAM, 0)));
    }
    assertEquals("whole\nafter\n", Files.readString(part()));
  }

  @Test
  void aDamagedTableOfTimesHidesNoLine() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, 1000, "one\n");
      append(store, 2000, "two\n");
    }
    byte[] table = Files.readAllBytes(LogNames.times(part()));
    for (int length = 0; length < table.length; length++) {
      Files.write(LogNames.times(part()), Arrays.copyOf(table, length));
      try (FileLogStore store = open(1 << 20)) {
        assertEquals(2, rest(store.open(GROUP, STREAM, 0)).size(), "cut at " + length);
      }
    }
    Files.delete(LogNames.times(part()));
    try (FileLogStore store = open(1 << 20)) {
      assertEquals(2, rest(store.open(GROUP, STREAM, 0)).size());
      assertEquals(1, store.streams(GROUP, 0).size());
      append(store, Long.MAX_VALUE / 2, "three\n");
      assertEquals(3, rest(store.open(GROUP, STREAM, 0)).size());
    }
  }

  @Test
  void groupsAndStreamsAreToldAlsoAcrossStarts() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, GROUP, "a/1", 1000, "one\n");
      append(store, GROUP, "b", 2000, "two\n");
      append(store, GROUP + "/a", "2/x", 3000, "in a group below\n");
      assertTrue(store.retain(GROUP, 7));
      assertFalse(store.retain("/none", 7));
    }
    Files.setLastModifiedTime(folder.resolve("aws/lambda/hello/a/1"), FileTime.fromMillis(1000));
    try (FileLogStore store = open(1 << 20)) {
      LogStore.Group group = store.groups().get(0);
      assertEquals(GROUP, group.name());
      assertEquals(1000, group.createdMs());
      assertEquals(7, group.retentionDays());
      assertTrue(group.bytes() >= 8 && group.bytes() < 200, "has " + group.bytes());
      assertEquals(GROUP + "/a", store.groups().get(1).name());
      List<LogStore.Stream> streams = store.streams(GROUP, 0);
      assertEquals(List.of("a/1", "b"), streams.stream().map(LogStore.Stream::name).toList());
      assertEquals(2000, streams.get(1).firstMs());
      assertEquals(4, streams.get(1).bytes());
      assertEquals(1, store.streams(GROUP, 5000).size(), "a/1 was written before");
      assertEquals(List.of(), store.streams("/none", 0));
    }
  }

  @Test
  void aFileThatWasWrittenEarlierThanItsLinesHidesNone() throws IOException {
    long nowMs = 100 * DAY_MS;
    try (FileLogStore store = open(1 << 20)) {
      append(store, nowMs - 20, "one\n");
      append(store, nowMs, "two\n");
      for (long earlierMs : new long[] {5, 1000, 3_600_000}) {
        Files.setLastModifiedTime(part(), FileTime.fromMillis(nowMs - earlierMs));
        assertEquals(1, store.streams(GROUP, nowMs).size(), "earlier by " + earlierMs);
        assertEquals(nowMs, store.streams(GROUP, nowMs).get(0).lastMs());
        assertEquals(List.of(), store.streams(GROUP, nowMs + 5_000_000));
      }
    }
  }

  @Test
  void aTableThatEndsInItsFirstEntryIsNone() throws IOException {
    try (FileLogStore store = open(1 << 20)) {
      append(store, 1000, "one\n");
      byte[] table = Files.readAllBytes(LogNames.times(part()));
      for (int length = 0; length < table.length; length++) {
        Files.write(LogNames.times(part()), Arrays.copyOf(table, length));
        assertEquals(1, store.streams(GROUP, 0).size(), "cut at " + length);
      }
    }
  }

  @Test
  void groupsWhoseNamesDifferBySlashesAloneAreApart() throws IOException {
    List<String> names = List.of("/team//a", "/team/a", "team/a");
    for (int round = 1; round <= 2; round++) {
      try (FileLogStore store = open(1 << 20)) {
        for (String name : names) {
          append(store, name, "s", 1000, "of " + name + "\n");
          store.retain(name, 1 + names.indexOf(name));
        }
        assertEquals(names, store.groups().stream().map(LogStore.Group::name).toList());
        for (String name : names) {
          assertEquals(round, rest(store.open(name, "s", 0)).size());
          assertEquals(1, store.streams(name, 0).size());
        }
      }
    }
    try (FileLogStore store = open(1 << 20)) {
      assertTrue(store.delete("team/a"));
    }
    try (FileLogStore store = open(1 << 20)) {
      assertEquals(2, store.groups().size());
      assertEquals(2, store.groups().get(1).retentionDays());
      assertEquals(
          List.of("1000 of /team/a", "1000 of /team/a"), rest(store.open("/team/a", "s", 0)));
      assertEquals(List.of(), rest(store.open("team/a", "s", 0)));
    }
  }

  @Test
  void aGroupBelowAnotherTakesNothingOver() throws IOException {
    long nowMs = 100 * DAY_MS;
    try (FileLogStore store = open(1 << 20)) {
      append(store, GROUP, STREAM, nowMs, "x's\n".repeat(50));
      append(store, GROUP + "/2026", "s", nowMs, "below\n");
      store.retain(GROUP + "/2026", 1);
    }
    age("aws/lambda/hello/" + STREAM, nowMs - 10 * DAY_MS);
    age("aws/lambda/hello/2026/s", nowMs - 10 * DAY_MS);
    Path copy = folder.resolve("aws/lambda/hello.bak");
    Files.createDirectories(copy);
    Files.copy(folder.resolve("aws/lambda/hello/+group"), copy.resolve("+group"));
    try (FileLogStore store = open(1 << 20)) {
      assertEquals(2, store.groups().size());
      assertTrue(store.groups().get(0).bytes() > 200, "x's lines are x's");
      assertTrue(store.groups().get(1).bytes() < 100);
      store.expire(nowMs);
      assertEquals(List.of(STREAM), names(store, GROUP));
      assertEquals(List.of(), names(store, GROUP + "/2026"));
    }
  }

  @Test
  void whatCannotBeRemovedKeepsNothingElse() throws IOException {
    long nowMs = 100 * DAY_MS;
    try (FileLogStore store =
        FileLogStore.open(folder, new FileLogStore.Limits(1 << 20, 1 << 20, 3, 1))) {
      for (int i = 0; i < 8; i++) {
        append(store, "g", "s" + i, 1, "x\n");
        age("g/s" + i, 1);
      }
      Files.delete(folder.resolve("g/s3+times"));
      Files.createDirectories(folder.resolve("g/s3+times/in the way"));
      assertThrows(IOException.class, () -> store.expire(nowMs));
      assertEquals(List.of(), names(store, "g"));
    }
  }

  @Test
  void whatIsTooOldGoes() throws IOException {
    try (FileLogStore store =
        FileLogStore.open(folder, new FileLogStore.Limits(1 << 20, 1 << 20, 30, 1))) {
      long nowMs = 100 * DAY_MS;
      append(store, "short", "s/old", 1, "x\n");
      append(store, "short", "s/new", 1, "x\n");
      append(store, "usual", "s/old", 1, "x\n");
      append(store, "usual", "s/new", 1, "x\n");
      store.retain("short", 3);
      age("short/s/old", nowMs - 4 * DAY_MS);
      age("short/s/new", nowMs - 2 * DAY_MS);
      age("usual/s/old", nowMs - 31 * DAY_MS);
      age("usual/s/new", nowMs - 29 * DAY_MS);
      store.expire(nowMs);
      assertEquals(List.of("s/new"), names(store, "short"));
      assertEquals(List.of("s/new"), names(store, "usual"));
      assertFalse(Files.exists(folder.resolve("short/s/old+times")));
      append(store, "short", "s/old", 5, "again\n");
      assertEquals(List.of("5 again"), rest(store.open("short", "s/old", 0)));
    }
  }

  private void age(String file, long writtenMs) throws IOException {
    Files.setLastModifiedTime(folder.resolve(file), FileTime.fromMillis(writtenMs));
  }

  private static List<String> names(FileLogStore store, String group) throws IOException {
    return store.streams(group, 0).stream().map(LogStore.Stream::name).toList();
  }

  @Test
  void aRemovedGroupIsGoneAndMayBeginAnew() throws IOException {
    try (FileLogStore store = open(10)) {
      append(store, GROUP, "a/1", 1000, "one\n");
      append(store, GROUP, "a/1", 1000, "two is long\n");
      append(store, GROUP + "/a", "2/x", 3000, "below\n");
      LogCursor beside = store.open(GROUP, "a/1", 0);
      assertTrue(beside.next());
      assertTrue(store.delete(GROUP));
      assertFalse(store.delete(GROUP));
      assertEquals(List.of(GROUP + "/a"), store.groups().stream().map(g -> g.name()).toList());
      assertEquals(List.of("3000 below"), rest(store.open(GROUP + "/a", "2/x", 0)));
      append(store, GROUP, "a/1", 4000, "new\n");
      assertEquals(List.of("4000 new"), rest(store.open(GROUP, "a/1", 0)));
    }
  }

  @Test
  void whoListensHearsWhatGrew() throws IOException {
    try (FileLogStore store = open(1000)) {
      List<String> heard = new ArrayList<>();
      store.listen((group, stream) -> heard.add(group + " " + stream));
      append(store, "g", "s", 1, "x\n");
      store.listen(null);
      append(store, "g", "s", 1, "x\n");
      assertEquals(List.of("g s"), heard);
    }
  }
}
