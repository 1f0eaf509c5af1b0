package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A function that gets hold of its own channel and writes what it likes: its sandbox is killed,
 * which is counted, and every other invocation is answered right, its own function's next included.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileChannelTest {
  private static final String[] HOSTILE = {
    "import gc, mmap, os, random, struct, sys, threading, time",
    "def held(name):",
    "    for each in gc.get_objects():",
    "        if type(each).__name__ == name and type(each).__module__.startswith('ringmaster_'):",
    "            return each",
    "def frame(kind, sequence, body, length=None, flags=0, zero=0):",
    "    length = len(body) if length is None else length",
    "    return struct.pack('<IBBHQ', length, kind, flags, zero, sequence) + body",
    "FIGURES = struct.pack('<QII', 0, 0, 0)",
    "def answer(sequence, text):",
    "    return frame(19, sequence, FIGURES + text)",
    "def pipe(sequence):",
    "    return {",
    "        'garbage': random.Random(1).randbytes(4096),",
    "        'length': frame(19, sequence, b'', 0xFFFFFFFF),",
    "        'longer': frame(19, sequence, b'', 6356993),",
    "        'short': frame(19, sequence, FIGURES[:8]),",
    "        'kind': frame(99, sequence, b''),",
    "        'started': frame(16, 0, b'{}'),",
    "        'flags': frame(19, sequence, FIGURES, None, 128),",
    "        'zero': frame(19, sequence, FIGURES, None, 0, 1),",
    "        'figures': frame(19, sequence, b'\\xff' * 16),",
    "        'sequence': answer(sequence + 1, b'1'),",
    "        'earlier': answer(sequence - 1, b'1'),",
    "        'skips': frame(23, sequence, b''),",
    "        'bells': frame(22, 0, b'') * 1000,",
    "        'bell': frame(22, sequence, b'x'),",
    "        'flood': frame(21, sequence, b'x' * 60000) * 3 + frame(21, sequence, b'', 6356993),",
    "    }",
    "def slots(segment, sequence):",
    "    words, memory = segment.words, segment.memory",
    "    count = words[32]",
    "    def put(data, more=1):",
    "        start = 528384 + (count + 1 & 7) * 65536",
    "        memory[start : start + len(data)] = data",
    "        words[32] = (count + more) % 2**64",
    "    return {",
    "        'count': lambda: put(answer(sequence, b'1'), 5),",
    "        'back': lambda: put(answer(sequence, b'1'), -1),",
    "        'slotLength': lambda: put(frame(19, sequence, FIGURES, 65536)),",
    "        'slotKind': lambda: put(frame(17, 0, FIGURES[:8])),",
    "        'slotSequence': lambda: put(answer(sequence + 1, b'1')),",
    "        'slotZeros': lambda: put(bytes(100)),",
    "        'slotChunk': lambda: put(frame(21, sequence, b'x')),",
    "    }",
    "def handler(event, context):",
    "    attack = event['attack']",
    "    sequence = sys._getframe(1).f_locals['sequence']",
    "    channel, segment = held('Channel'), held('Segment')",
    "    if attack == 'none':",
    "        return 'fine'",
    "    if attack == 'twice':",
    "        os.write(channel.responses, answer(sequence, b'\"once\"') * 2)",
    "    elif attack == 'half':",
    "        os.write(channel.responses, frame(19, sequence, FIGURES + b'x', 1000))",
    "    elif attack in pipe(sequence):",
    "        data = pipe(sequence)[attack]",
    "        while data:",
    "            data = data[os.write(channel.responses, data):]",
    "    else:",
    "        slots(segment, sequence)[attack]()",
    "        os.write(channel.responses, frame(22, 0, b''))",
    "    time.sleep(60)",
  };

  private static final List<String> BY_PIPE =
      List.of(
          "garbage",
          "length",
          "longer",
          "short",
          "kind",
          "started",
          "flags",
          "zero",
          "figures",
          "sequence",
          "earlier",
          "skips",
          "bells",
          "bell",
          "flood",
          "twice");
  private static final List<String> BY_SLOT =
      List.of("count", "back", "slotLength", "slotKind", "slotSequence", "slotZeros", "slotChunk");

  /** A good function, asked all the time. */
  private static final class Neighbour implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;
    private long asked;

    Neighbour(Engine engine) {
      engine
          .functions()
          .create(python("neighbour", "def handler(event, context):", "    return event").build());
      thread = Thread.ofPlatform().start(() -> ask(engine));
    }

    private void ask(Engine engine) {
      try {
        while (!over.get()) {
          String event = "{\"number\": " + ++asked + "}";
          InvocationResult result = invoke(engine, "neighbour", event);
          assertEquals(200, result.statusCode(), result::payloadText);
          assertEquals(event, result.payloadText());
        }
      } catch (Throwable e) {
        failure.set(e);
      }
    }

    @Override
    public void close() {
      over.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
      if (failure.get() != null) {
        throw new AssertionError("the neighbour", failure.get());
      }
      assertTrue(asked > 10, asked + " invocations");
    }
  }

  private static long violations(Engine engine) {
    return engine.status().counters().get("protocolViolations");
  }

  @ParameterizedTest
  @EnumSource(names = {"INLINE", "SEGMENT"})
  void whoBreaksTheProtocolIsKilledAlone(EngineConfig.Channel channel) throws Exception {
    try (Engine engine = Engine.open(config().channel(channel).build());
        Neighbour neighbour = new Neighbour(engine)) {
      engine.functions().create(python("hostile", HOSTILE).timeoutSeconds(20).build());
      for (String attack : BY_PIPE) {
        attack(engine, attack);
      }
      if (channel == EngineConfig.Channel.SEGMENT) {
        for (String attack : BY_SLOT) {
          attack(engine, attack);
        }
      }
      assertNotNull(neighbour);
    }
  }

  private static void attack(Engine engine, String attack) {
    assertEquals("\"fine\"", ask(engine, "none").payloadText(), "before " + attack);
    long before = violations(engine);
    InvocationResult result = ask(engine, attack);
    assertTrue(
        result.functionError() != null || attack.equals("twice"),
        () -> attack + ": " + result.payloadText());
    assertEquals("\"fine\"", ask(engine, "none").payloadText(), "after " + attack);
    assertEquals(before + 1, violations(engine), attack);
  }

  private static InvocationResult ask(Engine engine, String attack) {
    return invoke(engine, "hostile", "{\"attack\":\"" + attack + "\"}");
  }

  /** Who stops in the middle of a frame only runs out of time. */
  @ParameterizedTest
  @EnumSource(names = {"INLINE", "SEGMENT"})
  void whoStopsInMidFrameTimesOut(EngineConfig.Channel channel) throws Exception {
    try (Engine engine = Engine.open(config().channel(channel).build());
        Neighbour neighbour = new Neighbour(engine)) {
      engine.functions().create(python("hostile", HOSTILE).timeoutSeconds(1).build());
      long before = violations(engine);
      assertTrue(ask(engine, "half").payloadText().contains("Task timed out"));
      assertEquals("\"fine\"", ask(engine, "none").payloadText());
      assertEquals(before, violations(engine));
      assertNotNull(neighbour);
    }
  }
}
