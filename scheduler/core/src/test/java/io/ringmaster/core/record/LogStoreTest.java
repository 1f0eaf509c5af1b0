package io.ringmaster.core.record;

import static io.ringmaster.core.record.World.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** From the log agent to the store: every line, in order; bounded; what is lost is told. */
class LogStoreTest {
  private static final String NAME = "2026/05/28/[$LATEST]0123456789abcdef0123456789abcdef";

  /** A store in memory that can be full. */
  private static final class Shelf extends WriteOnlyLogStore {
    final Map<String, StringBuilder> streams = new TreeMap<>();
    boolean full;

    /** Four bytes go, then the disk is full. */
    boolean partly;

    /** Nothing whose name has this can be written. */
    String impossible = "\0";

    @Override
    public void append(
        String group, String stream, long epochMs, byte[] bytes, int offset, int length)
        throws IOException {
      if (full || group.contains(impossible)) {
        throw new IOException("no space left on device");
      }
      streams
          .computeIfAbsent(group + " " + stream, _ -> new StringBuilder())
          .append(new String(bytes, offset, partly ? 4 : length, StandardCharsets.UTF_8));
      if (partly) {
        throw new IOException("no space left on device");
      }
    }
  }

  private final World world = new World(8192, LogSink.STORE);
  private final Sandbox sandbox = world.sandbox(7, World.version("hello", "$LATEST", "Text"));
  private final Shelf shelf = new Shelf();
  private final List<IOException> failures = new ArrayList<>();
  private final LogWriter writer =
      new LogWriter(world.feed, shelf, () -> world.nowNs, () -> World.EPOCH_MS, failures::add);

  private String stored() {
    world.turn();
    while (writer.doWork() > 0) {
      world.turn();
    }
    return shelf.streams.getOrDefault("/aws/lambda/hello " + NAME, new StringBuilder()).toString();
  }

  private void init() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.records.initEnded(sandbox, InitStatus.SUCCESS, null, null, 1, World.EPOCH_MS);
  }

  @Test
  void everyLineIsStoredUnderTheNameThatTheFunctionKnows() {
    init();
    int many = 3000;
    for (int i = 0; i < many; i++) {
      world.settle(world.start(sandbox, false), Outcome.SUCCESS, 0);
      if (i % 1000 == 0) {
        stored();
      }
    }
    String log = stored();
    assertTrue(log.startsWith("INIT_START Runtime Version: python:3.13.v1\t"), log);
    assertEquals(1 + 3 * many, log.lines().count());
    assertTrue(log.contains("\nSTART RequestId: " + id(1) + " "));
    assertEquals(List.of("/aws/lambda/hello " + NAME), List.copyOf(shelf.streams.keySet()));
    assertEquals(0, world.counters.get(Counter.LOGS_DROPPED));
    assertTrue(world.log("hello").endsWith(log.substring(log.length() - 1000)));
  }

  @Test
  void aStreamThatNobodyNamedGetsAName() {
    world.write(7, "early\n", 0);
    world.turn();
    world.settle(world.start(sandbox, false), Outcome.SUCCESS, 0);
    world.records.ended(sandbox);
    stored();
    stored();
    assertEquals(1, shelf.streams.size());
    String name = shelf.streams.keySet().iterator().next();
    assertTrue(
        name.matches("/aws/lambda/hello \\d{4}/\\d\\d/\\d\\d/\\[\\$LATEST][0-9a-f]{32}"), name);
    assertTrue(shelf.streams.get(name).toString().startsWith("early\nSTART"));
  }

  @Test
  void aSlowStoreLosesOfTheLoudStreamAlone() {
    init();
    Sandbox quiet = world.sandbox(9, World.version("quiet", "1", "Text"));
    world.start(sandbox, false);
    world.start(quiet, false);
    String line = "x".repeat(1023) + "\n";
    for (int i = 0; i < 6 * 1024; i++) {
      world.write(7, line, 0);
      if (i % 256 == 0) {
        world.turn();
      }
    }
    world.write(9, "quiet\n", 0);
    world.turn();
    assertTrue(world.feed.waitingBytes() <= StoredStream.BYTES_MAX + 1024);
    long dropped = world.counters.get(Counter.LOGS_DROPPED);
    assertTrue(dropped > 1500 && dropped < 3000, "dropped " + dropped);
    stored();
    world.write(7, "after\n", 0);
    String log = stored();
    assertTrue(
        log.endsWith(
            line
                + "LOGS_DROPPED Dropped Records: "
                + dropped
                + "\tDropped Bytes: "
                + dropped * 1024
                + "\tReason: The log store did not keep up\nafter\n"),
        log.substring(log.length() - 300));
    world.write(7, "once\n", 0);
    assertTrue(stored().endsWith("after\nonce\n"), "it is told once");
    world.records.ended(quiet);
    stored();
    assertEquals(0, world.feed.waitingBytes());
    assertTrue(
        shelf.streams.entrySet().stream()
            .anyMatch(
                e -> e.getKey().contains("quiet") && e.getValue().toString().contains("\nquiet\n")),
        shelf.streams.keySet()::toString);
  }

  @Test
  void aFullDiskIsToleratedCountedToldAndTriedAgain() {
    init();
    world.start(sandbox, false);
    world.write(7, "before\n", 0);
    stored();
    shelf.full = true;
    world.write(7, "lost 1\nlost 2\n", 0);
    stored();
    world.write(7, "lost 3\n", 0);
    stored();
    assertEquals(1, failures.size(), "it is told once");
    assertEquals(3, world.counters.get(Counter.LOGS_DROPPED));
    shelf.full = false;
    world.write(7, "lost 4\n", 0);
    assertTrue(stored().endsWith("before\n"), "it is not tried for a second");
    world.nowNs += 1_000_000_000L;
    writer.doWork();
    world.write(7, "after\n", 0);
    assertTrue(
        stored()
            .endsWith(
                "before\n\n"
                    + "LOGS_DROPPED Dropped Records: 4\tDropped Bytes: 28\tReason: The log store"
                    + " did not keep up\n"
                    + "after\n"),
        stored());
    assertEquals(4, world.counters.get(Counter.LOGS_DROPPED));
    assertEquals(0, world.feed.waitingBytes());
  }

  @Test
  void anEndedEnvironmentLeavesNothingBehind() {
    init();
    world.settle(world.start(sandbox, false), Outcome.SUCCESS, 0);
    world.records.ended(sandbox);
    String log = stored();
    assertEquals(4, log.lines().count());
    assertFalse(log.contains("LOGS_DROPPED"));
    assertEquals(0, world.feed.waitingBytes());
  }

  @Test
  void aStreamThatCannotBeWrittenIsTheOnlyOneThatLoses() {
    init();
    Sandbox bad = world.sandbox(9, World.version("bad", "1", "Text"));
    world.records.initStarted(bad, World.EPOCH_MS);
    world.records.initEnded(bad, InitStatus.SUCCESS, null, null, 1, World.EPOCH_MS);
    world.start(sandbox, false);
    world.start(bad, false);
    shelf.impossible = "bad";
    for (int i = 0; i < 3; i++) {
      world.write(9, "lost\n", 0);
      world.write(7, "kept " + i + "\n", 0);
      stored();
    }
    assertTrue(stored().endsWith("kept 0\nkept 1\nkept 2\n"), stored());
    assertEquals(1, failures.size());
    shelf.impossible = "\0";
    world.nowNs += 1_000_000_000L;
    writer.doWork();
    world.write(9, "found\n", 0);
    stored();
    String found = shelf.streams.get("/aws/lambda/bad " + NAME).toString();
    assertTrue(found.startsWith("\nLOGS_DROPPED Dropped Records: 5\t"), found);
    assertTrue(found.endsWith("\nfound\n"), found);
  }

  @Test
  void whatWasDroppedIsToldInALineOfItsOwn() {
    init();
    world.start(sandbox, false);
    world.write(7, "half a line", 0);
    stored();
    shelf.full = true;
    world.write(7, " that is lost\n", 0);
    stored();
    shelf.full = false;
    world.nowNs += 1_000_000_000L;
    writer.doWork();
    world.records.ended(sandbox);
    String log = stored();
    assertTrue(
        log.endsWith(
            "half a line\nLOGS_DROPPED Dropped Records: 1\tDropped Bytes: 14\tReason: The log"
                + " store did not keep up\n"),
        log);
  }

  @Test
  void functionsOfOtherOwnersHaveGroupsOfTheirOwn() {
    assertEquals("/aws/lambda/f", group("123456789012", "us-east-1", "/aws/lambda/f"));
    assertEquals(
        "/123456789012/eu-west-1/aws/lambda/f",
        group("123456789012", "eu-west-1", "/aws/lambda/f"));
    assertEquals("/210987654321/us-east-1/own", group("210987654321", "us-east-1", "own"));
  }

  private String group(String account, String region, String logGroup) {
    return world.feed.group(
        new SandboxSpec.Identity(account, region, "f", "1", "", logGroup, "Text", "", ""));
  }

  @Test
  void moreStreamsThanTheWriterTakesLoseNothing() {
    StoreFeed feed = new StoreFeed(world.counters, World.OWN);
    LogWriter slow =
        new LogWriter(feed, shelf, () -> world.nowNs, () -> World.EPOCH_MS, failures::add);
    int many = 8192 + 100;
    for (int i = 0; i < many; i++) {
      StoredStream stream = feed.open("group", "1");
      stream.named("stream " + i);
      assertTrue(stream.append(new byte[] {'x', '\n'}, 0, 2));
    }
    feed.handOver(World.EPOCH_MS);
    feed.handOver(World.EPOCH_MS); // the writer has not come yet
    while (slow.doWork() > 0) {
      feed.handOver(World.EPOCH_MS);
    }
    assertEquals(many, shelf.streams.size());
    assertEquals(0, feed.waitingBytes());
    assertEquals(0, world.counters.get(Counter.LOGS_DROPPED));
  }

  @Test
  void aLineThatTheStoreKeptInPartEndsBeforeTheNotice() {
    init();
    world.start(sandbox, false);
    world.write(7, "whole\n", 0);
    stored();
    shelf.partly = true;
    world.write(7, "kept in part\n", 0);
    stored();
    shelf.partly = false;
    world.nowNs += 1_000_000_000L;
    writer.doWork();
    world.write(7, "after\n", 0);
    String log = stored();
    assertTrue(log.contains("whole\nkept\nLOGS_DROPPED Dropped Records: 1\t"), log);
  }
}
