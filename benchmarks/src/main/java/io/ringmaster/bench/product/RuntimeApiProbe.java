package io.ringmaster.bench.product;

import io.ringmaster.bench.floor.RuntimeClients;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.runtimeapi.NettyRuntimeApi;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code runtime-api.roundtrip}: exchanges a second, each a poll and an answer, with sixteen
 * sandbox processes' sessions; the calling thread is their dispatcher.
 */
public final class RuntimeApiProbe implements Probe {
  /** Event loops of the product on this machine, and so the floor's. */
  public static final int LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

  private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(30);

  private final NettyRuntimeApi api = new NettyRuntimeApi();
  private final Lane[] lanes = new Lane[RuntimeClients.COUNT];
  private final RuntimeClients clients;
  private final Thread dispatcher = Thread.currentThread();
  private volatile boolean arrived;
  private long samples;

  /** The event, and so the answer, of every exchange. */
  public static byte[] event() {
    return Echo.EVENT.clone();
  }

  /** Opens sessions and clients. */
  public RuntimeApiProbe() throws IOException {
    int[] ports = new int[lanes.length];
    try {
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = new Lane(i);
        String address = lanes[i].session.address();
        ports[i] = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      }
      clients = new RuntimeClients(ports);
    } catch (IOException | RuntimeException e) {
      api.close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    long from = samples;
    for (Lane lane : lanes) {
      lane.invoke();
    }
    int running = lanes.length;
    long took = 0;
    while (running > 0) {
      await(end);
      boolean over = System.nanoTime() - end >= 0;
      if (over && took == 0) {
        took = System.nanoTime() - begin;
      }
      running = 0;
      for (Lane lane : lanes) {
        lane.session.poll(lane, 4);
        if (lane.answered && !over) {
          lane.invoke();
        }
        running += lane.answered ? 0 : 1;
      }
    }
    clients.check();
    return (samples - from) * 1e9 / Math.max(took, System.nanoTime() - begin);
  }

  private void await(long end) {
    while (!arrived) {
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
      if (System.nanoTime() - end > GIVE_UP_NS) {
        clients.check();
        throw new IllegalStateException("no answer comes");
      }
    }
    arrived = false;
  }

  private void ring() {
    if (!arrived) {
      arrived = true;
      LockSupport.unpark(dispatcher);
    }
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    try {
      clients.close();
    } finally {
      api.close();
    }
  }

  /** One session and the invocation that goes over it again and again. */
  private final class Lane implements RuntimeApiSession.Events, Invocation {
    private static final byte[] ARN =
        "arn:aws:lambda:us-east-1:123456789012:function:echo".getBytes(StandardCharsets.US_ASCII);

    final RuntimeApiSession session = api.open(1, RuntimeApiProbe.this::ring);
    private final ResponseBuffer answer = new ResponseBuffer();
    private final int number;
    private long sequence;
    boolean answered = true;

    Lane(int number) {
      this.number = number;
    }

    void invoke() {
      answered = false;
      sequence++;
      answer.clear();
      session.invoke(0, this);
    }

    @Override
    public void ready() {
      // Invocations wait for the first poll.
    }

    @Override
    public void initError(byte[] document) {
      throw new IllegalStateException("a client reported an init error");
    }

    @Override
    public void chunk(int index, long of, int bytes) {
      throw new IllegalStateException("a client streamed");
    }

    @Override
    public void answer(int index, long of, boolean functionError) {
      if (of != sequence || functionError || answer.length() != Echo.EVENT.length) {
        throw new IllegalStateException("a wrong answer");
      }
      answered = true;
      samples++;
    }

    @Override
    public long sequence() {
      return sequence;
    }

    @Override
    public long requestIdHigh() {
      return 0x8476a536e9f44c11L + number;
    }

    @Override
    public long requestIdLow() {
      return sequence;
    }

    @Override
    public long deadlineEpochMs() {
      return 1_764_000_000_123L;
    }

    @Override
    public byte[] payload() {
      return Echo.EVENT;
    }

    @Override
    public int payloadOffset() {
      return 0;
    }

    @Override
    public int payloadLength() {
      return Echo.EVENT.length;
    }

    @Override
    public byte[] invokedFunctionArn() {
      return ARN;
    }

    @Override
    public ResponseBuffer responseBuffer() {
      return answer;
    }
  }
}
