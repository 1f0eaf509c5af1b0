package io.ringmaster.conformance;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Owner;
import io.ringmaster.lambdahttp.LambdaHttpConfig;
import io.ringmaster.lambdahttp.LambdaHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;

/** An engine behind Lambda's HTTP API, on a free port of this machine, as {@code serve} has it. */
final class TestServer implements AutoCloseable {
  private final Engine engine;
  private final LambdaHttpServer http;
  private final String endpoint;

  private TestServer(Engine engine, LambdaHttpServer http, String endpoint) {
    this.engine = engine;
    this.http = http;
    this.endpoint = endpoint;
  }

  /** The port comes first: functions are told the endpoint. */
  static TestServer open() throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    InetSocketAddress address = (InetSocketAddress) listening.getLocalAddress();
    String endpoint = "http://127.0.0.1:" + address.getPort();
    Engine engine =
        Engine.open(
            EngineConfig.builder()
                .environmentsMax(16)
                .genericSandboxes(1)
                .statePendingMin(Duration.ofMillis(200))
                .lambdaEndpoint(endpoint)
                .build());
    try {
      Owner owner = new Owner("123456789012", "us-east-1");
      LambdaHttpConfig config =
          LambdaHttpConfig.builder(owner).address(address).listening(listening).build();
      return new TestServer(engine, LambdaHttpServer.start(config, engine), endpoint);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  Engine engine() {
    return engine;
  }

  String endpoint() {
    return endpoint;
  }

  /** What an unmodified client needs to find it. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_LAMBDA", endpoint,
        "AWS_ACCESS_KEY_ID", "test",
        "AWS_SECRET_ACCESS_KEY", "test",
        "AWS_REGION", "us-east-1",
        "AWS_DEFAULT_REGION", "us-east-1",
        "AWS_MAX_ATTEMPTS", "1",
        "AWS_EC2_METADATA_DISABLED", "true");
  }

  @Override
  public void close() {
    http.close(Duration.ofSeconds(5));
    engine.close();
  }
}
