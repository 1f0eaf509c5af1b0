package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.SandboxLogs;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads the log pipes of all sandbox processes. Takes at most 64 KiB of one before it looks at the
 * next; a function that writes faster than the log agent reads waits in its own {@code write(2)}.
 *
 * <p>Log agent only, but for {@link #add}.
 */
final class PipeLogs implements SandboxLogs, AutoCloseable {
  private static final int PIECE_BYTES = 64 * 1024;

  // Any thread; bounded by the number of sandbox processes.
  private final Queue<LogPipe> arrived = new ConcurrentLinkedQueue<>();

  // Log agent.
  private final EpollSleeper sleeper;
  private final Linux linux = new Linux();
  private final MemorySegment staging = linux.allocate(PIECE_BYTES);
  private final byte[] bytes = new byte[PIECE_BYTES];
  private final List<LogPipe> pipes = new ArrayList<>();
  private final Set<Integer> freePlaces = new HashSet<>();
  private int cursor;

  // What was read last and not delivered yet.
  private LogPipe current;
  private int at;
  private int end;

  private long nobodys;

  PipeLogs(EpollSleeper sleeper) {
    this.sleeper = sleeper;
  }

  /** Hands a pipe over; any thread. */
  void add(LogPipe pipe) {
    arrived.add(pipe);
    sleeper.wake();
  }

  /** Whether {@link #poll} would find something: the last look before the log agent sleeps. */
  boolean hasOutput() {
    return !arrived.isEmpty() || current != null || sleeper.readyCount() > 0;
  }

  @Override
  public int poll(Sink sink, int limit) {
    takeArrived();
    int delivered = deliver(sink, limit);
    if (delivered < limit && sleeper.readyCount() == 0) {
      sleeper.look();
    }
    while (delivered < limit && cursor < sleeper.readyCount()) {
      long data = sleeper.readyData(cursor++);
      if (data >= 0) {
        read((int) data);
        delivered += deliver(sink, limit - delivered);
      }
    }
    if (cursor >= sleeper.readyCount()) {
      sleeper.forgetReady();
      cursor = 0;
    }
    return delivered;
  }

  private void takeArrived() {
    LogPipe pipe;
    while ((pipe = arrived.poll()) != null) {
      int place;
      if (freePlaces.isEmpty()) {
        place = pipes.size();
        pipes.add(pipe);
      } else {
        place = freePlaces.iterator().next();
        freePlaces.remove(place);
        pipes.set(place, pipe);
      }
      sleeper.watch(pipe.fd, Linux.EPOLLIN, place);
    }
  }

  private void read(int place) {
    LogPipe pipe = pipes.get(place);
    if (pipe == null) {
      return;
    }
    pipe.reading();
    long count = linux.read(pipe.fd, staging.address(), PIECE_BYTES);
    pipe.read(Math.max(0, count));
    if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
      return;
    }
    current = pipe;
    at = 0;
    end = (int) Math.max(0, count);
    if (count > 0) {
      MemorySegment.copy(staging, ValueLayout.JAVA_BYTE, 0, bytes, 0, end);
    } else {
      close(place);
    }
  }

  private int deliver(Sink sink, int limit) {
    int delivered = 0;
    if (current == null) {
      return 0;
    }
    LogRecords records = current.records;
    if (end == 0) {
      records.end();
      delivered += output(sink);
      current = null;
      return delivered;
    }
    while (at < end && delivered < limit) {
      at = records.next(bytes, at, end);
      delivered += output(sink);
    }
    if (at == end) {
      current = null;
    }
    return delivered;
  }

  private int output(Sink sink) {
    LogRecords records = current.records;
    if (records.pieceLength() == LogRecords.NONE) {
      return 0;
    }
    if (records.isRaw()) {
      current.sawRaw();
    }
    int sandbox = current.sandbox();
    if (sandbox == LogPipe.NOBODY) {
      nobodys += records.pieceLength();
      return 0;
    }
    sink.output(
        sandbox,
        records.piece(),
        records.pieceOffset(),
        records.pieceLength(),
        records.mark(),
        records.position(),
        records.pieceLevel());
    return 1;
  }

  /** Bytes from processes that served nobody (any more). */
  long nobodysBytes() {
    return nobodys;
  }

  private void close(int place) {
    LogPipe pipe = pipes.set(place, null);
    pipe.reading(); // for ever: its number may be another's soon
    sleeper.unwatch(pipe.fd);
    linux.close(pipe.fd);
    freePlaces.add(place);
  }

  /** Closes all pipes; after the driver was closed and without another {@link #poll}. */
  @Override
  public void close() {
    takeArrived();
    for (int place = 0; place < pipes.size(); place++) {
      if (pipes.get(place) != null) {
        close(place);
      }
    }
    current = null;
  }
}
