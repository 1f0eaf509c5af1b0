package io.ringmaster.cli.client;

import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Option;

/** The options by which a command finds its server. */
public final class ServerAddress {
  /** No region: the server takes its own. */
  private static final String SERVERS_OWN = "-";

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The server (default: ${DEFAULT-VALUE}).",
      defaultValue = "http://127.0.0.1:9001")
  private URI endpoint;

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
    return new LambdaApi(endpoint, authorization());
  }

  URI endpoint() {
    return endpoint;
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
