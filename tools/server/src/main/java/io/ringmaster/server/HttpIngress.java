package io.ringmaster.server;

import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;
import io.ringmaster.lambdahttp.LambdaHttpConfig;
import io.ringmaster.lambdahttp.LambdaHttpServer;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.listen.Listening;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Lambda's HTTP API, with the server's own pages. */
final class HttpIngress implements Ingress {
  private final LambdaHttpServer server;

  private HttpIngress(LambdaHttpServer server) {
    this.server = server;
  }

  static HttpIngress start(
      Configuration configuration,
      Listening listening,
      Pages pages,
      Engine engine,
      EventLoops loops)
      throws IOException {
    String awsEndpoint = configuration.get(Options.AWS_ENDPOINT);
    Owner owner = new Owner(configuration.get(Options.ACCOUNT), configuration.get(Options.REGION));
    LambdaHttpConfig config =
        LambdaHttpConfig.builder(owner)
            .address(listening.address())
            .listening(listening.channel())
            .pages(pages.exact())
            .prefixPages(pages.byPrefix())
            .sharedLoops(loops)
            .awsEndpoint(awsEndpoint == null ? null : URI.create(awsEndpoint))
            .build();
    return new HttpIngress(LambdaHttpServer.start(config, engine));
  }

  /** See {@link LambdaHttpServer#counters()}. */
  Map<String, Long> counters() {
    return server.counters();
  }

  @Override
  public void stopAccepting() {
    server.stopAccepting();
  }

  @Override
  public void close(Duration drain) {
    server.close(drain);
  }
}
