package io.ringmaster.conformance.crash;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Owner;
import io.ringmaster.lambdahttp.LambdaHttpConfig;
import io.ringmaster.lambdahttp.LambdaHttpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The engine and its HTTP API on a data folder; says where it is, and waits for its end. */
final class CrashServer {
  private CrashServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    Engine engine =
        Engine.open(
            EngineConfig.builder()
                .dataFolder(Path.of(arguments[0]))
                .environmentsMax(8)
                .genericSandboxes(2)
                .build());
    Owner owner = new Owner("123456789012", "us-east-1");
    LambdaHttpServer http = LambdaHttpServer.start(LambdaHttpConfig.builder(owner).build(), engine);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  http.close(Duration.ofSeconds(5));
                  engine.close();
                }));
    System.out.println(
        "{\"event\":\"ready\",\"http\":\"http://127.0.0.1:" + http.address().getPort() + "\"}");
    new CountDownLatch(1).await();
  }
}
