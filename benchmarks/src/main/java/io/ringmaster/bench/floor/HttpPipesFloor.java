package io.ringmaster.bench.floor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.HttpLoad;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Floor of {@code http.invoke.*.N}: a bare server in front of two bare loops of the runtime on
 * pipes. Each event loop has one of them and waits for its answer: nothing is handed from thread to
 * thread.
 */
public final class HttpPipesFloor implements Probe {
  private static final int LOOPS = 2;

  private final Linux linux = new Linux();
  private final Programs programs;
  private final List<Lane> lanes = new ArrayList<>();
  private final ThreadLocal<Lane> lane = ThreadLocal.withInitial(this::nextLane);
  private final AtomicInteger taken = new AtomicInteger();
  private final HttpServer server;
  private final HttpLoad load;

  /** One bare loop; belongs to one event loop. */
  private static final class Lane {
    private final Linux linux = new Linux();
    private final MemorySegment request = Frames.invoke(linux);
    private final MemorySegment response = linux.allocate(4096);
    private final RuntimeProcess process;
    private long sequence;

    Lane(RuntimeProcess process) {
      this.process = process;
    }

    ByteBuf answer(ByteBuf body) {
      Frames.sequence(request, ++sequence);
      body.readBytes(Frames.event(request));
      process.send(linux, request);
      long bytes = process.receive(linux, response);
      Frames.checkResponse(response, bytes, sequence);
      return Unpooled.wrappedBuffer(Frames.answer(response, bytes));
    }
  }

  /**
   * Opens server, processes and connections.
   *
   * @param connections keep-alive connections
   */
  public HttpPipesFloor(BenchRuntime runtime, int connections) throws IOException {
    programs = Programs.unpack(runtime.language());
    HttpServer opened = null;
    try {
      for (int i = 0; i < LOOPS; i++) {
        lanes.add(new Lane(RuntimeProcess.bareLoop(linux, runtime, programs)));
      }
      opened = HttpServer.answering(LOOPS, () -> lane.get()::answer);
      server = opened;
      load = new HttpLoad(server.address(), connections, HttpLoad.invoke("echo", Frames.EVENT));
    } catch (IOException | RuntimeException e) {
      close(opened);
      throw e;
    }
  }

  private Lane nextLane() {
    return lanes.get(taken.getAndIncrement());
  }

  @Override
  public double round(long durationNs) throws IOException {
    return load.run(durationNs);
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public void close() throws IOException {
    load.close();
    close(server);
  }

  private void close(HttpServer opened) {
    if (opened != null) {
      opened.close();
    }
    lanes.forEach(each -> each.process.close());
    programs.close();
  }
}
