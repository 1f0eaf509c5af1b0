package io.ringmaster.server;

import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import io.ringmaster.grpc.GrpcConfig;
import io.ringmaster.grpc.GrpcIngress;
import io.ringmaster.ingress.loop.EventLoops;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.listen.Listening;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The gRPC service. */
final class GrpcService implements Ingress {
  private final GrpcIngress ingress;

  private GrpcService(GrpcIngress ingress) {
    this.ingress = ingress;
  }

  static GrpcService start(
      Configuration configuration,
      Owner owner,
      Listening listening,
      Engine engine,
      EventLoops loops)
      throws IOException {
    GrpcConfig config =
        GrpcConfig.on(listening.address())
            .withOwner(owner)
            .withListening(listening.channel())
            .withEventLoops(loops);
    Path certificate = configuration.get(Options.GRPC_CERTIFICATE);
    if (certificate != null) {
      config =
          config.withTls(
              new GrpcConfig.Tls(
                  certificate,
                  configuration.get(Options.GRPC_KEY),
                  configuration.get(Options.GRPC_CLIENT_CA)));
    }
    return new GrpcService(GrpcIngress.start(config, engine));
  }

  @Override
  public void stopAccepting() {
    ingress.stopAccepting();
  }

  @Override
  public void close(Duration drain) {
    ingress.close(drain);
  }
}
