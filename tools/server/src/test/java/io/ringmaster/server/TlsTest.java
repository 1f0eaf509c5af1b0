package io.ringmaster.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.server.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC as {@code --grpc-certificate} and its like have it. */
class TlsTest {
  private static final String PASSWORD = "password";

  @TempDir private Path folder;

  /** A self-signed certificate, by the JDK's own tool: it is its own authority. */
  private void make(String name) throws Exception {
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
                "san=ip:127.0.0.1",
                "-ext",
                "bc:c",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(keytool.waitFor(30, TimeUnit.SECONDS), "keytool hangs");
    assertEquals(0, keytool.exitValue(), output);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream from = Files.newInputStream(store)) {
      keys.load(from, PASSWORD.toCharArray());
    }
    write(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
  }

  private void write(String file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void grpcIsEncryptedAndKnowsItsClients() throws Exception {
    make("server");
    make("client");
    Configuration configuration =
        Configuration.resolve(
            Map.of(
                "data", path("data"),
                "http", "127.0.0.1:0",
                "grpc", "127.0.0.1:0",
                "grpc.certificate", path("server.pem"),
                "grpc.key", path("server.key"),
                "grpc.client-ca", path("client.pem")),
            Map.of());
    try (Server server = Server.start(configuration, Map.of())) {
      assertEquals(Status.Code.NOT_FOUND, answer(server, "client"));
      assertEquals(Status.Code.UNAVAILABLE, answer(server, "server"));
      assertEquals(Status.Code.UNAVAILABLE, answer(server, null));
    }
  }

  /**
   * The failure comes after the engine was opened: the data folder has to be free again by then.
   */
  @Test
  void whoHasNoKeyGivesBackWhatItTookOver() throws Exception {
    make("server");
    Files.writeString(folder.resolve("cut.key"), "-----BEGIN PRIVATE KEY-----\nMIG\n");
    Linux linux = new Linux();
    int systemd = linux.localSocket(true);
    assertEquals(0, linux.bindLocal(systemd, path("notify")));
    assertEquals(0, linux.nonBlocking(systemd));
    try (Server first =
            Server.start(
                Configuration.resolve(
                    Map.of(
                        "data", path("data"),
                        "http", "127.0.0.1:0",
                        "grpc", "127.0.0.1:0"),
                    Map.of()),
                Map.of("NOTIFY_SOCKET", path("notify")));
        HttpClient client = HttpClient.newHttpClient()) {
      Configuration next =
          Configuration.resolve(
              Map.of(
                  "data", path("data"),
                  "http", first.httpUrl().replaceFirst(".*/", ""),
                  "grpc", first.grpcAddress(),
                  "grpc.certificate", path("server.pem"),
                  "grpc.key", path("cut.key"),
                  "take-over", "true"),
              Map.of());
      assertThrows(IOException.class, () -> Server.start(next, Map.of()).close());
      HttpRequest ready =
          HttpRequest.newBuilder(URI.create(first.httpUrl() + "/_ringmaster/health/ready"))
              .timeout(Duration.ofSeconds(20))
              .build();
      long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (client.send(ready, BodyHandlers.discarding()).statusCode() != 200) {
        assertTrue(System.nanoTime() < endNs, "it serves, and is not ready");
      }
      String told = received(linux, systemd);
      assertTrue(told.contains("READY=1"), told);
      assertFalse(told.contains("STOPPING"), told);
    } finally {
      linux.close(systemd);
    }
  }

  private static String received(Linux linux, int socket) {
    StringBuilder text = new StringBuilder();
    MemorySegment memory = linux.allocate(1024);
    long length;
    while ((length = linux.read(socket, memory.address(), memory.byteSize())) > 0) {
      byte[] bytes = memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      text.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
    }
    return text.toString();
  }

  /** What somebody with that certificate is answered for a function that is not there. */
  private Status.Code answer(Server server, String name) throws IOException {
    int port = Integer.parseInt(server.grpcAddress().replaceFirst(".*:", ""));
    try (RingmasterClient client =
        RingmasterClient.connect(
            "127.0.0.1",
            port,
            folder.resolve("server.pem"),
            name == null ? null : folder.resolve(name + ".pem"),
            name == null ? null : folder.resolve(name + ".key"))) {
      return assertThrows(RefusedException.class, () -> client.invoke("none", "1")).grpcCode();
    }
  }
}
