package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.channel.FrameReader.Outcome;
import io.ringmaster.sandbox.linux.channel.FrameReaderFuzzTest.Asked;
import io.ringmaster.sandbox.linux.channel.FrameReaderFuzzTest.Came;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.stress.Fuzz;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Damaged answers over a pipe, a part of which the copier takes, whenever it likes: they come to
 * what the same bytes come to in one piece.
 */
class CopiedAnswerFuzzTest {
  /** Rests of answers that are longer are the copier's. */
  private static final int COPIED_FROM = 8;

  private final Linux linux = new Linux();
  private final MemorySegment written = linux.allocate(1024);
  private final MemorySegment staging = linux.allocate(64);
  private final ResponseBuffer answer = new ResponseBuffer();
  private final int[] responses = new int[2];
  private Transfer transfer;
  private long copied;

  private final ChannelBuffers buffers =
      new ChannelBuffers(
          linux,
          new Copies() {
            @Override
            public boolean works() {
              return true;
            }

            @Override
            public void begin(Transfer begun) {
              transfer = begun;
              copied++;
            }

            @Override
            public void changed(Transfer changed) {
              assertEquals(transfer, changed);
            }
          },
          COPIED_FROM);

  @Test
  void anAnswerIsTheSameWhoeverTakesItsParts() throws IOException {
    Fuzz.run("copied", this::one);
    assertTrue(copied > 0);
  }

  private void one(SplittableRandom random) {
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK | Linux.O_CLOEXEC, responses));
    try {
      fed(random);
    } finally {
      if (transfer != null) {
        linux.close(transfer.fd());
        transfer = null;
      }
      linux.close(responses[0]);
      linux.close(responses[1]);
    }
  }

  private void fed(SplittableRandom random) {
    byte[] bytes = Fuzz.damage(FrameReaderFuzzTest.input(Asked.ANSWER, random), random);
    InlineChannel channel = new InlineChannel(-1, responses[0], 0);
    answer.clear();
    channel.reader().expectAnswer(FrameReaderFuzzTest.SEQUENCE, answer);
    Channel.Received received = Channel.Received.NOTHING;
    int at = 0;
    while (at < bytes.length && received != Channel.Received.VIOLATION) {
      int count = Math.min(1 + random.nextInt(200), bytes.length - at);
      MemorySegment.copy(bytes, at, written, ValueLayout.JAVA_BYTE, 0, count);
      assertEquals(count, linux.write(responses[1], written.address(), count));
      at += count;
      received = took(channel, received, random);
    }
    Came expected = FrameReaderFuzzTest.specified(Asked.ANSWER, bytes);
    if (received == Channel.Received.ANSWER && channel.reader().partial()) {
      received = Channel.Received.VIOLATION; // or as soon as there is a whole header
    }
    switch (received) {
      case ANSWER ->
          FrameReaderFuzzTest.same(
              expected,
              new Came(
                  Outcome.ANSWER,
                  Arrays.copyOf(answer.array(), answer.length()),
                  channel.functionError(),
                  channel.logMark(),
                  0),
              bytes);
      case VIOLATION -> assertEquals(Outcome.VIOLATION, expected.outcome(), Arrays.toString(bytes));
      default -> assertEquals(Outcome.MORE, expected.outcome(), Arrays.toString(bytes));
    }
  }

  /** Turns both sides until neither finds anything. */
  private Channel.Received took(
      InlineChannel channel, Channel.Received before, SplittableRandom random) {
    Channel.Received last = before;
    while (true) {
      if (channel.moving()) {
        if (linux.readable(responses[0]) == 0) {
          return last;
        }
        Transfer moving = transfer;
        if (moving.move(linux, staging.asSlice(0, 1 + random.nextInt(64)))) {
          transfer = null;
          linux.close(moving.fd());
          assertTrue(channel.moved(moving));
        }
        continue;
      }
      Channel.Received received = channel.receive(buffers);
      switch (received) {
        case NOTHING -> {
          if (!channel.moving()) {
            return last;
          }
        }
        case CHUNK -> {}
        case VIOLATION -> {
          return received;
        }
        default -> last = received;
      }
    }
  }
}
