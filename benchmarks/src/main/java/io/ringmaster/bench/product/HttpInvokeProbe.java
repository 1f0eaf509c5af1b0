package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.HttpLoad;
import io.ringmaster.bench.load.ServerTime;
import java.io.IOException;

/**
 * {@code http.invoke.*}: invocations through the Lambda API over keep-alive connections. Of
 * functions in processes how many a second, of an in-JVM handler what processor time each takes.
 */
public final class HttpInvokeProbe implements Probe {
  private final HttpServed served;
  private final HttpLoad load;
  private final ServerTime time;

  /** Of an in-JVM handler. */
  public HttpInvokeProbe(int connections) throws IOException {
    this(null, connections);
  }

  /** Of a function in processes; null: of an in-JVM handler. */
  public HttpInvokeProbe(BenchRuntime runtime, int connections) throws IOException {
    time = runtime == null ? new ServerTime() : null;
    served = new HttpServed(runtime, EngineConfig.builder());
    HttpLoad connected = null;
    try {
      served
          .opened
          .engine
          .functions()
          .create(runtime == null ? Echo.inJvm("echo") : Echo.of("echo", runtime));
      connected = new HttpLoad(served.address(), connections, HttpLoad.invoke("echo", Echo.EVENT));
      load = connected;
      load.run(1);
      check();
    } catch (IOException | RuntimeException e) {
      if (connected != null) {
        connected.close();
      }
      served.close();
      throw e;
    }
  }

  private void check() throws IOException {
    for (String body : load.bodies()) {
      if (!body.replace(" ", "").equals(Echo.text())) {
        throw new IOException("no echo: " + body);
      }
    }
  }

  /** Event loops of the server, and so the floor's. */
  public static int eventLoops() {
    return HttpServed.eventLoops();
  }

  @Override
  public double round(long durationNs) throws IOException {
    double figure = time == null ? load.run(durationNs) : time.perAnswerUs(load, durationNs);
    check();
    return figure;
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public String detail() {
    return served.opened.engine.status().sandboxes().size() + " environments";
  }

  @Override
  public void close() throws IOException {
    load.close();
    served.close();
  }
}
