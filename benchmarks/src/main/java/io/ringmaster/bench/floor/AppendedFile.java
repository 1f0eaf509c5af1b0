package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Floor of {@code journal.accept.N}: one thread appends what was handed over to a plain file, in
 * one write, and forces it once ({@code fdatasync}) before it tells. Batches as the journal's: what
 * has come meanwhile, 1,024 events at most.
 *
 * <p>Ordering: {@code asleep} is written before the queue is looked at for the last time, and read
 * after an offer.
 */
public final class AppendedFile implements Probe {
  private static final int BODY_BYTES = 256;
  private static final int HEAD_BYTES = 84;
  private static final int BATCH = 1024;

  private final Path path;
  private final FileChannel file;
  private final byte[] body = body();
  private final MpscUnboundedVarHandleArrayQueue<Producers.Producer> wanted =
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

  private void run() {
    List<Producers.Producer> batch = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH * (HEAD_BYTES + BODY_BYTES));
    CRC32C checksum = new CRC32C();
    long at = 0;
    while (!closing) {
      for (int i = 0; i < BATCH; i++) {
        Producers.Producer next = wanted.relaxedPoll();
        if (next == null) {
          break;
        }
        batch.add(next);
        checksum.reset();
        checksum.update(body);
        buffer.position(buffer.position() + HEAD_BYTES - Long.BYTES).putLong(checksum.getValue());
        buffer.put(body);
      }
      if (batch.isEmpty()) {
        asleep = true;
        if (wanted.isEmpty() && !closing) {
          LockSupport.park(this);
        }
        asleep = false;
      } else {
        at = write(buffer, at, batch);
      }
    }
  }

  private long write(ByteBuffer buffer, long from, List<Producers.Producer> batch) {
    long at = from;
    try {
      buffer.flip();
      while (buffer.hasRemaining()) {
        at += file.write(buffer, at);
      }
      file.force(false);
      batch.forEach(Producers.Producer::accepted);
    } catch (IOException e) {
      batch.forEach(each -> each.failed(e.getMessage()));
    }
    buffer.clear();
    batch.clear();
    return at;
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
