package io.ringmaster.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.client.RingmasterClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, and clients that must have a certificate. */
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir static Path folder;

  /** Makes self-signed certificates with the JDK's own tool: each is its own authority. */
  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String name : List.of("server", "client", "stranger")) {
      make(name);
    }
  }

  private static void make(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-ext",
                "bc:c",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output =
        new String(
            keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(keytool.waitFor(30, TimeUnit.SECONDS), "keytool hangs");
    assertEquals(0, keytool.exitValue(), output);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream from = Files.newInputStream(store)) {
      keys.load(from, PASSWORD);
    }
    write(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    Key key = keys.getKey(name, PASSWORD);
    write(name + ".key", "PRIVATE KEY", key.getEncoded());
  }

  private static void write(String file, String kind, byte[] content)
      throws IOException, GeneralSecurityException {
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
            + "\n-----END "
            + kind
            + "-----\n");
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  private static World world(Path clientAuthorities) throws IOException {
    return new World(
        GrpcConfig.on(World.loopback())
            .withTls(
                new GrpcConfig.Tls(file("server.pem"), file("server.key"), clientAuthorities)));
  }

  private static RingmasterClient client(World world, Path authorities, String name)
      throws IOException {
    return RingmasterClient.connect(
        "127.0.0.1",
        world.ingress.address().getPort(),
        authorities,
        name == null ? null : file(name + ".pem"),
        name == null ? null : file(name + ".key"));
  }

  private static void assertUnavailable(RingmasterClient client) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> client.invoke("echo", "1"));
    assertEquals(Status.Code.UNAVAILABLE, refused.grpcCode());
  }

  @Test
  void aClientTrustsTheServer() throws IOException {
    try (World world = world(null);
        RingmasterClient trusting = client(world, file("server.pem"), null);
        RingmasterClient doubting = client(world, file("stranger.pem"), null)) {
      assertEquals("1", trusting.invoke("echo", "1").getPayload().toStringUtf8());
      assertUnavailable(doubting);
      assertUnavailable(world.client); // it speaks in plain text
    }
  }

  @Test
  void onlyClientsWithACertificateAreLetIn() throws IOException {
    try (World world = world(file("client.pem"));
        RingmasterClient known = client(world, file("server.pem"), "client");
        RingmasterClient stranger = client(world, file("server.pem"), "stranger");
        RingmasterClient nobody = client(world, file("server.pem"), null)) {
      assertEquals("1", known.invoke("echo", "1").getPayload().toStringUtf8());
      assertUnavailable(stranger);
      assertUnavailable(nobody);
    }
  }

  @Test
  void aKeyThatIsNoneIsSaid() {
    GrpcConfig config =
        GrpcConfig.on(World.loopback())
            .withTls(new GrpcConfig.Tls(file("server.pem"), file("server.pem"), null));
    IOException said = assertThrows(IOException.class, () -> GrpcIngress.start(config, null));
    assertTrue(said.getMessage().startsWith("TLS: "), said.getMessage());
  }
}
