package io.ringmaster.cli.client;

import io.ringmaster.cli.address.Listening;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options by which a command finds its server. */
public final class ServerAddress {
  /** No region: the server takes its own. */
  private static final String SERVERS_OWN = "-";

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The server (default: at --http).")
  private URI endpoint;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description =
          "Where the server listens, as serve was told by its flag, RINGMASTER_HTTP or its"
              + " configuration file (default: 127.0.0.1:9001).")
  private String http;

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (as serve's).")
  private String config;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "Whose functions: 12 digits (default: the server's account).")
  private String account;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "In which region (default: the server's).")
  private String region;

  /** A connection. */
  public LambdaApi api() {
    return new LambdaApi(endpoint(), authorization());
  }

  private URI endpoint() {
    if (endpoint != null) {
      return endpoint;
    }
    try {
      return Listening.http(http, config);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  String account() {
    return account;
  }

  String region() {
    return region;
  }

  /**
   * Who asks, in the form of a signature; this machine's users are believed without one. Null: the
   * server's own account in its own region.
   */
  private String authorization() {
    if (account == null && region == null) {
      return null;
    }
    return "AWS4-HMAC-SHA256 Credential="
        + (account == null ? "ringmaster" : account)
        + "/"
        + LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE)
        + "/"
        + (region == null ? SERVERS_OWN : region)
        + "/lambda/aws4_request, SignedHeaders=host, Signature="
        + "0".repeat(64);
  }
}
