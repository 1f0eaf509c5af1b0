package io.ringmaster.grpc;

import com.google.protobuf.ByteString;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine with some functions, its ingress, and a client. */
final class World implements AutoCloseable {
  final Engine engine;
  final GrpcIngress ingress;
  final RingmasterClient client;

  /** Handlers of {@code gated} wait for it. */
  final CountDownLatch gate = new CountDownLatch(1);

  /** How many invocations of {@code gated} began. */
  final AtomicInteger begun = new AtomicInteger();

  World() throws IOException {
    this(GrpcConfig.on(loopback()));
  }

  World(GrpcConfig config) throws IOException {
    this(config, EngineConfig.builder());
  }

  World(GrpcConfig config, EngineConfig.Builder settings) throws IOException {
    engine = Engine.open(settings.sandboxProcesses(false).build());
    create("echo", FunctionCode.inJvm((event, response) -> response.write(event.text())));
    create(
        "fails",
        FunctionCode.inJvm(
            (event, response) -> {
              throw new IllegalStateException("on purpose");
            }));
    create(
        "gated",
        FunctionCode.inJvm(
            (event, response) -> {
              begun.incrementAndGet();
              gate.await();
              response.write(event.text());
            }));
    engine.functions().putConcurrency("gated", 3);
    ingress = GrpcIngress.start(config, engine);
    client = RingmasterClient.connect("127.0.0.1", ingress.address().getPort());
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  void create(String name, FunctionCode code) {
    engine.functions().create(FunctionSpec.named(name).code(code).timeoutSeconds(30).build());
  }

  static InvokeRequest request(String function, String payload) {
    return InvokeRequest.newBuilder()
        .setFunctionName(function)
        .setPayload(ByteString.copyFromUtf8(payload))
        .build();
  }

  InvocationServiceGrpc.InvocationServiceStub stub() {
    return InvocationServiceGrpc.newStub(client.channel());
  }

  long counter(String name) {
    return engine.status().counters().get(name);
  }

  @Override
  public void close() {
    gate.countDown();
    client.close();
    ingress.close();
    engine.close();
  }
}
