package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.grpc.GrpcConfig;
import io.ringmaster.grpc.GrpcIngress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A gRPC ingress that a program of another language calls, with stubs of the published files. */
abstract class GrpcChecks {
  /** The published interface. */
  static final Path PROTOBUF =
      Path.of("..", "..", "tools", "grpc", "src", "main", "protobuf").toAbsolutePath().normalize();

  @TempDir private Path data;

  /** Runs a program with the ingress's address as its next argument; it must say "ok" at last. */
  void check(Path folder, Map<String, String> environment, String... command) throws IOException {
    try (Engine engine =
        Engine.open(EngineConfig.builder().sandboxProcesses(false).dataFolder(data).build())) {
      create(engine, "echo", FunctionCode.inJvm((event, out) -> out.write(event.text())));
      create(
          engine,
          "fails",
          FunctionCode.inJvm(
              (event, out) -> {
                throw new IllegalStateException("on purpose");
              }));
      create(
          engine,
          "slow",
          FunctionCode.inJvm(
              (event, out) -> {
                Thread.sleep(Duration.ofSeconds(1));
                out.write(event.text());
              }));
      create(
          engine,
          "parts",
          FunctionCode.inJvmStreaming(
              (event, out) -> {
                for (int i = 0; i < 10; i++) {
                  out.write("x".repeat(100).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                  out.flush();
                }
              }));
      InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (GrpcIngress ingress = GrpcIngress.start(GrpcConfig.on(loopback), engine)) {
        String[] whole = new String[command.length + 1];
        for (int i = 0; i < command.length; i++) {
          whole[i] = command[i];
        }
        whole[command.length] = "127.0.0.1:" + ingress.address().getPort();
        String output = Tools.run(folder, environment, whole);
        assertEquals("ok", output.strip().lines().reduce("", (before, line) -> line), output);
      }
    }
  }

  private static void create(Engine engine, String name, FunctionCode code) {
    engine.functions().create(FunctionSpec.named(name).code(code).timeoutSeconds(30).build());
  }
}
