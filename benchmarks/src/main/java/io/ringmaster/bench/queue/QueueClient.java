package io.ringmaster.bench.queue;

import io.ringmaster.bench.floor.AppendedFile;
import io.ringmaster.bench.floor.Producers;
import io.ringmaster.bench.floor.Producers.Producer;
import io.ringmaster.bench.harness.Probe;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Events a second that a queue's server stores and answers, so many producers, each of which waits
 * for its answer. One thread writes what was handed over, another reads answers, which come in the
 * events' order.
 */
abstract class QueueClient implements Probe {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int READ_BYTES = 1 << 16;
  private static final int LINE_BYTES_MAX = 1 << 16;

  private final SocketChannel channel;
  private final InputStream in;
  private final Producers producers;
  private final byte[] body = AppendedFile.body();
  private final MpscUnboundedVarHandleArrayQueue<Producer> wanted =
      new MpscUnboundedVarHandleArrayQueue<>(1024);
  private final Queue<Producer> answering = new ConcurrentLinkedQueue<>();
  private final byte[] line = new byte[LINE_BYTES_MAX];
  private final Thread writer =
      Thread.ofPlatform().daemon().name("bench-queue-writer").unstarted(this::write);
  private final Thread reader =
      Thread.ofPlatform().daemon().name("bench-queue-reader").unstarted(this::read);
  private volatile boolean asleep;
  private volatile boolean closing;

  /** Why nothing is accepted any more. Written before those that wait are looked for. */
  private volatile String failure;

  QueueClient(SocketAddress address, int count) throws IOException {
    channel = SocketChannel.open(address);
    in = new BufferedInputStream(Channels.newInputStream(channel), READ_BYTES);
    producers = new Producers(count, this::hand);
  }

  /** To be called when the queue is there. */
  final void begin() {
    writer.start();
    reader.start();
  }

  /** Puts the request to store an event into the buffer. */
  abstract void encode(byte[] body, ByteBuffer into);

  /**
   * Reads up to the next event's answer.
   *
   * @throws IOException the answer is an error, or the connection ended
   */
  abstract void awaitAnswer() throws IOException;

  // ---- the measuring thread ----

  private void hand(Producer producer) {
    producer.next();
    wanted.offer(producer);
    if (asleep) {
      LockSupport.unpark(writer);
    }
    if (failure != null) {
      producer.failed(failure);
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    return producers.round(durationNs);
  }

  @Override
  public long samples() {
    return producers.accepted();
  }

  // ---- threads of the connection ----

  private void write() {
    try {
      writeAll();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void writeAll() {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    ArrayDeque<Producer> batch = new ArrayDeque<>();
    while (!closing) {
      for (Producer each = wanted.relaxedPoll(); each != null; each = next(buffer)) {
        encode(body, buffer);
        batch.add(each);
      }
      if (batch.isEmpty()) {
        asleep = true;
        if (wanted.isEmpty() && !closing) {
          LockSupport.park(this);
        }
        asleep = false;
      } else {
        answering.addAll(batch);
        batch.clear();
        send(buffer);
        if (failure != null) {
          tellFailed();
        }
      }
    }
  }

  /** Null: nothing more, or no room for more. */
  private Producer next(ByteBuffer buffer) {
    return buffer.position() < BUFFER_BYTES / 2 ? wanted.relaxedPoll() : null;
  }

  private void send(ByteBuffer buffer) {
    try {
      write(buffer.flip());
    } catch (IOException e) {
      fail(e);
    }
    buffer.clear();
  }

  private void read() {
    try {
      while (!closing) {
        awaitAnswer();
        answering.remove().accepted();
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Exception e) {
    if (!closing) {
      failure = e.toString();
      tellFailed();
    }
  }

  private void tellFailed() {
    for (Producer each = answering.poll(); each != null; each = answering.poll()) {
      each.failed(failure);
    }
  }

  // ---- what protocols are made of ----

  final void send(String text) throws IOException {
    write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** One thread at a time, and whole. */
  private synchronized void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** A line without its end. */
  final String readLine() throws IOException {
    int length = 0;
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || length == LINE_BYTES_MAX) {
        throw new IOException("the connection ended");
      }
      line[length++] = (byte) next;
    }
    return new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
  }

  /** So many bytes and the end of line behind them. */
  final String readText(int bytes) throws IOException {
    byte[] text = in.readNBytes(bytes + 2);
    if (text.length < bytes + 2) {
      throw new IOException("the connection ended");
    }
    return new String(text, 0, bytes, StandardCharsets.UTF_8);
  }

  /** Ends the connection; what it belongs to is closed by who extends. */
  @Override
  public void close() throws IOException {
    closing = true;
    channel.close();
    LockSupport.unpark(writer);
    try {
      writer.join();
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
