package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One connection on a loop that is turned by hand, with a clock that stands still. */
class ConnectionTest {
  private static final long NOTHING = -1;
  private static final String PING = RawClient.head("GET", "/2018-06-01/ping") + "\r\n";

  private final List<String> heard = new ArrayList<>();

  private final RuntimeSide side =
      new RuntimeSide(
          1,
          new RuntimeSide.Listener() {
            @Override
            public void ready() {
              heard.add("ready");
            }

            @Override
            public void initError(byte[] document) {
              heard.add("initError " + new String(document, StandardCharsets.UTF_8));
            }

            @Override
            public void arrived(Slot slot) {
              heard.add("arrived");
            }
          });

  private EmbeddedChannel open() {
    EmbeddedChannel channel = new EmbeddedChannel(new Connection(side));
    channel.freezeTime();
    return channel;
  }

  private static void send(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  /** When the next timer is due, in nanoseconds from now. */
  private static long timer(EmbeddedChannel channel) {
    return channel.runScheduledPendingTasks();
  }

  @Test
  void whoSaysNothingIsClosed() {
    EmbeddedChannel channel = open();
    channel.advanceTimeBy(Connection.PATIENCE_SECONDS - 1, TimeUnit.SECONDS);
    assertTrue(timer(channel) > 0);
    assertTrue(channel.isOpen());
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    assertEquals(NOTHING, timer(channel));
    assertFalse(channel.isOpen());
    assertEquals(0, side.connections());
  }

  /** A timer would hold it, and what it read, for half a minute more. */
  @Test
  void noTimerOutlivesItsConnection() {
    for (String said : new String[] {"", "GET /2018", PING, PING + "GET /2018"}) {
      EmbeddedChannel byEngine = open();
      send(byEngine, said);
      assertEquals(!said.equals(PING), timer(byEngine) > 0, said);
      byEngine.pipeline().get(Connection.class).close();
      assertEquals(NOTHING, timer(byEngine), said);
      byEngine.releaseOutbound();
    }
    assertEquals(0, side.connections());
  }

  @Test
  void whatIsCompleteIsNotWatched() {
    EmbeddedChannel channel = open();
    for (int i = 0; i < 3; i++) {
      send(channel, PING.substring(0, 9));
      assertTrue(timer(channel) > 0);
      send(channel, PING.substring(9));
      assertEquals(NOTHING, timer(channel));
    }
    send(channel, RawClient.head("POST", "/x") + "Content-Length: 3\r\n\r\n1");
    assertTrue(timer(channel) > 0, "a body that nobody wants");
    send(channel, "23");
    assertEquals(NOTHING, timer(channel));
    channel.advanceTimeBy(2 * Connection.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals(NOTHING, timer(channel));
    assertTrue(channel.isOpen());
    channel.releaseOutbound();
  }

  /** Its process is gone and its loop is late: what lies in the kernel is read all the same. */
  @Test
  void anEndingReadsOnWhileBytesCome() {
    EmbeddedChannel channel = open();
    send(channel, RawClient.head("POST", RawClient.API + "init/error"));
    long[] nowNs = end(channel);
    nowNs[0] = 3 * Ending.LIMIT_NS;
    for (String part : new String[] {"Content-Length: 2\r\n", "\r\n", "{"}) {
      send(channel, part);
      turn(channel);
    }
    assertEquals(List.of(), heard);
    send(channel, "}");
    turn(channel);
    assertEquals(List.of("initError {}"), heard);
    turn(channel);
    assertEquals(List.of("initError {}", "over"), heard);
    channel.releaseOutbound();
  }

  @Test
  void anEndingIsOverHoweverMuchComes() {
    EmbeddedChannel channel = open();
    long[] nowNs = end(channel);
    nowNs[0] = Ending.LIMIT_NS;
    int turns = 0;
    while (heard.isEmpty() && turns <= 2 * Ending.LATE_LOOKS_MAX) {
      send(channel, PING);
      channel.releaseOutbound();
      turn(channel);
      turns++;
    }
    assertEquals(List.of("over"), heard);
    assertEquals(Ending.LATE_LOOKS_MAX + 1, turns);
    assertFalse(channel.isOpen());
  }

  /** Begins an ending and makes its quick looks; its clock. */
  private long[] end(EmbeddedChannel channel) {
    long[] nowNs = {0};
    new Ending(side, channel.eventLoop(), () -> nowNs[0], () -> heard.add("over")).begin();
    assertTrue(timer(channel) > 0);
    return nowNs;
  }

  private static void turn(EmbeddedChannel channel) {
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
