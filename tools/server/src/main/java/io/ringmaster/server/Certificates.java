package io.ringmaster.server;

import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Whether the files that gRPC's TLS needs are what they are said to be. */
final class Certificates {
  private static final String KEY = "-----BEGIN PRIVATE KEY-----";

  private Certificates() {}

  /**
   * Looks at them.
   *
   * @throws IOException one cannot be read or is something else; the message names it
   */
  static void check(Configuration configuration) throws IOException {
    certificates(configuration.get(Options.GRPC_CERTIFICATE));
    certificates(configuration.get(Options.GRPC_CLIENT_CA));
    Path key = configuration.get(Options.GRPC_KEY);
    if (key != null
        && !new String(Files.readAllBytes(key), StandardCharsets.ISO_8859_1).contains(KEY)) {
      throw new IOException(key + ": there is no private key in it (PEM, PKCS#8)");
    }
  }

  private static void certificates(Path file) throws IOException {
    if (file == null) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        throw new IOException(file + ": there is no certificate in it (PEM)");
      }
    } catch (CertificateException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
