package io.ringmaster.core.record;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxLogs;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Lines that in-JVM handlers log, on their way to the log agent: at most 8,192 lines and 16 MiB;
 * what does not fit is dropped and counted.
 */
public final class HandlerLines implements SandboxLogs {
  private static final int LINES_MAX = 8192;
  private static final int LINE_BYTES_MAX = 64 * 1024;
  private static final long BYTES_MAX = 16L << 20;

  private record Line(int sandbox, long mark, byte[] text) {}

  private final MpscVarHandleArrayQueue<Line> queue = new MpscVarHandleArrayQueue<>(LINES_MAX);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Counters counters;

  /** An empty queue. */
  public HandlerLines(Counters counters) {
    this.counters = counters;
  }

  /**
   * Takes a line. Any thread; never blocks.
   *
   * @param sandbox id of the sandbox at the in-JVM driver
   * @param mark lines of that sandbox so far, this one included: the response's {@code logMark} is
   *     their number when the handler returned, as {@link
   *     io.ringmaster.sandbox.spi.DriverEvents#response} has it
   * @param line without its end; at most 64 KiB of it are kept
   */
  public void add(int sandbox, long mark, String line) {
    String kept = line.length() > LINE_BYTES_MAX ? line.substring(0, LINE_BYTES_MAX) : line;
    byte[] text = (kept + "\n").getBytes(StandardCharsets.UTF_8);
    if (queuedBytes.addAndGet(text.length) > BYTES_MAX
        || !queue.offer(new Line(sandbox, mark, text))) {
      queuedBytes.addAndGet(-text.length);
      counters.incrementShared(Counter.LOG_LINES_DROPPED);
    }
  }

  @Override
  public int poll(Sink sink, int limit) {
    int delivered = 0;
    Line line;
    while (delivered < limit && (line = queue.poll()) != null) {
      queuedBytes.addAndGet(-line.text.length);
      sink.output(
          line.sandbox, line.text, 0, line.text.length, line.mark, ResponseBuffer.UNKNOWN, 0);
      delivered++;
    }
    return delivered;
  }
}
