package io.ringmaster.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowerTest {
  @Test
  void aTailThatGrowsAndIsCutIsToldOnce() {
    LogsCommand.Follower follower = new LogsCommand.Follower();
    assertEquals("", follower.fresh(""));
    assertEquals("a\nb\n", follower.fresh("a\nb\n"));
    assertEquals("", follower.fresh("a\nb\n"));
    assertEquals("c\n", follower.fresh("a\nb\nc\n"));
    assertEquals("d\n", follower.fresh("b\nc\nd\n"));
    assertEquals("e\nf\n", follower.fresh("e\nf\n"));
  }

  @ParameterizedTest
  @CsvSource({"abcab, abx, 2", "aaa, aaaa, 3", "abc, abc, 3", "abc, xyz, 0", "'', abc, 0"})
  void whatIsKnownIsTheLongestCommonPart(String before, String now, int length) {
    assertEquals(length, LogsCommand.Follower.overlap(before, now));
  }

  /** A log of 64 KiB that never matches until its end costs no more than its length. */
  @Test
  void equalLinesAreNoTrouble() {
    String lines = "x".repeat(65_536);
    assertEquals(65_535, LogsCommand.Follower.overlap(lines, lines.substring(1) + "y"));
    assertEquals(1, LogsCommand.Follower.overlap(lines, "x" + "y".repeat(65_535)));
  }
}
