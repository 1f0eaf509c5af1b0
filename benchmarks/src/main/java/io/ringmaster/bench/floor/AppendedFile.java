package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Floor of {@code journal.accept.N}: one thread writes what was handed over behind each other into
 * a plain file, in one write, and forces it once ({@code fdatasync}) before it tells. The file was
 * written whole before, and is written from its beginning on when it is full: no blocks are ever
 * sought. Batches as the journal's: what has come meanwhile, 1,024 records at most; and records as
 * the journal's: 372 bytes for an event, 52 that nobody waits for when it was accepted, since it is
 * settled then, each with its checksum.
 *
 * <p>Ordering: {@code asleep} is written before the queue is looked at for the last time, and read
 * after an offer.
 */
public final class AppendedFile implements Probe {
  private static final Object SETTLED = new Object();
  private static final int BODY_BYTES = 256;
  private static final int EVENT_BYTES = 372;
  private static final int SETTLED_BYTES = 52;
  private static final int BATCH = 1024;
  private static final long FILE_BYTES = 64L << 20;

  private final Path path;
  private final FileChannel file;
  private final byte[] event = Arrays.copyOf(body(), EVENT_BYTES);

  /** Producers that wait for an event, or {@link #SETTLED}. */
  private final MpscUnboundedVarHandleArrayQueue<Object> wanted =
      new MpscUnboundedVarHandleArrayQueue<>(1024);

  private final Producers producers;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bench-appender").unstarted(this::run);
  private volatile boolean asleep;
  private volatile boolean closing;

  /**
   * @param count producers
   */
  public AppendedFile(int count) throws IOException {
    path = Files.createTempFile("ringmaster-bench-", ".log");
    file = FileChannel.open(path, StandardOpenOption.WRITE);
    prepare();
    producers = new Producers(count, this::hand);
    thread.start();
  }

  /** What each event holds. */
  public static byte[] body() {
    byte[] body = new byte[BODY_BYTES];
    for (int i = 0; i < BODY_BYTES; i++) {
      body[i] = (byte) (i * 31);
    }
    return body;
  }

  private void hand(Producers.Producer producer) {
    producer.next();
    wanted.offer(producer);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private void prepare() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
    for (long at = 0; at < FILE_BYTES; at += zeros.capacity()) {
      write(zeros.clear(), at);
    }
    file.force(true);
  }

  private void write(ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private void run() {
    List<Producers.Producer> batch = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH * EVENT_BYTES);
    CRC32C checksum = new CRC32C();
    long at = 0;
    while (!closing) {
      for (int i = 0; i < BATCH; i++) {
        Object next = wanted.relaxedPoll();
        if (next == null) {
          break;
        }
        int bytes = SETTLED_BYTES;
        if (next instanceof Producers.Producer producer) {
          batch.add(producer);
          bytes = EVENT_BYTES;
        }
        checksum.reset();
        checksum.update(event, 0, bytes - Integer.BYTES);
        buffer.put(event, 0, bytes - Integer.BYTES).putInt((int) checksum.getValue());
      }
      if (buffer.position() > 0) {
        at = at + buffer.capacity() > FILE_BYTES ? 0 : at;
        at += write(buffer, at, batch);
      } else {
        asleep = true;
        if (wanted.isEmpty() && !closing) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }
  }

  /** How many bytes; forced if somebody waits for them. */
  private int write(ByteBuffer buffer, long at, List<Producers.Producer> batch) {
    int bytes = buffer.flip().limit();
    try {
      write(buffer, at);
      if (!batch.isEmpty()) {
        file.force(false);
      }
      for (Producers.Producer each : batch) {
        wanted.offer(SETTLED);
        each.accepted();
      }
    } catch (IOException e) {
      batch.forEach(each -> each.failed(e.getMessage()));
    }
    buffer.clear();
    batch.clear();
    return bytes;
  }

  @Override
  public double round(long durationNs) throws IOException {
    return producers.round(durationNs);
  }

  @Override
  public long samples() {
    return producers.accepted();
  }

  @Override
  public void close() throws IOException {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
    Files.delete(path);
  }
}
