package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Spawn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Floor of {@code invoke.idle.provided}, everything asleep before each call: the caller wakes a
 * second thread out of its selector, which is an eventfd and epoll, and parks; that thread answers
 * the poll of the product's client with an event, sleeps until the client's answer is there,
 * accepts it and unparks the caller. It reads no more of a request than that it is whole.
 *
 * <p>Ordering: {@code asked} and {@code answered} are volatile, each with one writer (caller,
 * second thread); the wake-up and unpark follow the store.
 */
public final class ProvidedIdleFloor implements Probe {
  private static final long ASLEEP_NS = 1_000_000;
  private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ACCEPTED =
      ("HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
              + "{\"status\":\"OK\"}\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final Linux linux = new Linux();
  private final Programs programs = Programs.unpack(Language.PROVIDED);
  private final Selector selector = Selector.open();
  private final Latencies latencies = new Latencies(1 << 16);
  private final Thread caller = Thread.currentThread();
  private final byte[] event = event();
  private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
  private final ByteBuffer out = ByteBuffer.allocateDirect(16 * 1024);
  private final SocketChannel client;
  private final int pid;
  private final Thread second;

  // Written by the caller.
  private volatile long asked;
  private volatile boolean closing;

  // Written by the second thread.
  private volatile long answered;
  private volatile Throwable failure;

  /** Opens it for the calling thread. */
  public ProvidedIdleFloor(BenchRuntime runtime) throws IOException {
    try (ServerSocketChannel listener =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
      pid =
          new Spawn(
                  linux,
                  List.of(
                      runtime.executable().toString(),
                      programs.codeFolder().resolve("bootstrap").toString()),
                  List.of("PATH=/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:" + port))
              .descriptors(0, 2, 2)
              .start();
      client = listener.accept();
    }
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    client.configureBlocking(false);
    client.register(selector, SelectionKey.OP_READ);
    second = Thread.ofPlatform().name("bench-idle-floor").start(this::relay);
    for (int i = 0; i < IdleFloor.WARM_UP; i++) {
      exchange();
    }
  }

  private static byte[] event() {
    byte[] head =
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id:"
                + " 8476a536-e9f4-4c11-9bf0-000000000001\r\nLambda-Runtime-Deadline-Ms:"
                + " 1764000000123\r\nLambda-Runtime-Invoked-Function-Arn:"
                + " arn:aws:lambda:us-east-1:123456789012:function:echo\r\nContent-Length: "
                + Frames.EVENT.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(head.length + Frames.EVENT.length)
        .put(head)
        .put(Frames.EVENT)
        .array();
  }

  private void relay() {
    try {
      boolean polling = false;
      while (!closing) {
        selector.select(key -> {}, 0);
        if (client.read(in) < 0) {
          throw new IOException("the client ended");
        }
        boolean whole = isWhole();
        if (whole && in.get(0) == 'P') {
          in.clear();
          send(ACCEPTED);
          answered = asked;
          LockSupport.unpark(caller);
        } else if (whole) {
          in.clear();
          polling = true;
        }
        if (polling && answered != asked) {
          polling = false;
          send(event);
        }
      }
    } catch (Throwable thrown) {
      failure = thrown;
      LockSupport.unpark(caller);
    }
  }

  private void send(byte[] bytes) throws IOException {
    out.clear().put(bytes).flip();
    while (out.hasRemaining()) {
      client.write(out);
    }
  }

  /** Whether the client's request is there with its body. */
  private boolean isWhole() {
    int size = in.position();
    if (size < 4 || in.get(0) == 'G') {
      return size >= 4
          && in.get(size - 1) == '\n'
          && in.get(size - 2) == '\r'
          && in.get(size - 3) == '\n';
    }
    for (int i = 0; i + LENGTH.length < size; i++) {
      int j = 0;
      while (j < LENGTH.length && in.get(i + j) == LENGTH[j]) {
        j++;
      }
      if (j == LENGTH.length) {
        int length = 0;
        int at = i + j;
        while (at < size && in.get(at) != '\r') {
          length = length * 10 + in.get(at++) - '0';
        }
        return size >= at + 4 + length;
      }
    }
    return false;
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      LockSupport.parkNanos(ASLEEP_NS);
      long begin = System.nanoTime();
      exchange();
      latencies.add(System.nanoTime() - begin);
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private void exchange() {
    long number = asked + 1;
    asked = number;
    selector.wakeup();
    while (answered != number) {
      LockSupport.park(this);
      if (failure != null) {
        throw new IllegalStateException("the second thread failed", failure);
      }
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() throws IOException {
    closing = true;
    selector.wakeup();
    boolean interrupted = false;
    while (second.isAlive()) {
      try {
        second.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    client.close();
    selector.close();
    linux.kill(pid, Linux.SIGKILL);
    linux.wait4(pid, 0, 0, 0);
    programs.close();
  }
}
