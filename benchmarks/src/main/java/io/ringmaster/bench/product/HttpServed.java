package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Owner;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.lambdahttp.LambdaHttpConfig;
import io.ringmaster.lambdahttp.LambdaHttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** An engine behind the Lambda API, on loopback. */
final class HttpServed implements AutoCloseable {
  private static final Owner OWNER = new Owner("123456789012", "us-east-1");

  final MeasuredEngine opened;
  private final LambdaHttpServer server;

  /**
   * Opens both.
   *
   * @param runtime null: for in-JVM handlers only
   */
  HttpServed(BenchRuntime runtime, EngineConfig.Builder config) throws IOException {
    opened = MeasuredEngine.open(runtime, config);
    try {
      server = LambdaHttpServer.start(LambdaHttpConfig.builder(OWNER).build(), opened.engine);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The server's event loops on this machine. */
  static int eventLoops() {
    return LambdaHttpConfig.builder(OWNER).build().eventLoops();
  }

  InetSocketAddress address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close(Duration.ofSeconds(5));
    opened.close();
  }
}
