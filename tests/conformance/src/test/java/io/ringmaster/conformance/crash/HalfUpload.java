package io.ringmaster.conformance.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/**
 * A request with a package of which the last part never comes: the server may not do what it asks
 * for, whether it is killed or not. One thread.
 */
final class HalfUpload implements AutoCloseable {
  private final Socket socket;

  private HalfUpload(Socket socket) {
    this.socket = socket;
  }

  /** Asks for a function of this name, and does not send all of the request. */
  static HalfUpload create(URI endpoint, String name, Random random) throws IOException {
    Upload code = Upload.of(name, random);
    Map<String, Object> body =
        Map.of(
            "FunctionName",
            name,
            "Runtime",
            "python3.13",
            "Role",
            Actor.ROLE,
            "Handler",
            "app.handler",
            "Code",
            Map.of("ZipFile", code.base64()));
    return send(endpoint, "POST", "/2015-03-31/functions", body, random);
  }

  /** Asks for new code of a function that is there. */
  static HalfUpload update(URI endpoint, String name, Random random) throws IOException {
    Map<String, Object> body = Map.of("ZipFile", Upload.of("half", random).base64());
    return send(endpoint, "PUT", "/2015-03-31/functions/" + name + "/code", body, random);
  }

  /**
   * Half of them lack some of their document; the others have all of it, and say that they are
   * longer: a server that acts on what came finds nothing wrong with it.
   */
  private static HalfUpload send(
      URI endpoint, String method, String path, Object body, Random random) throws IOException {
    byte[] bytes = new ObjectMapper().writeValueAsBytes(body);
    boolean cut = random.nextBoolean();
    int missing = 1 + random.nextInt(bytes.length / 2);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(method, path, cut ? bytes.length : bytes.length + missing);
    Socket socket = new Socket(endpoint.getHost(), endpoint.getPort());
    try {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(bytes, 0, cut ? bytes.length - missing : bytes.length);
      out.flush();
      return new HalfUpload(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
