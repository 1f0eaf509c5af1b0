package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd and a server have to do with each other, played by a program in Python. */
class SystemdTest {
  private static final Path UNITS = Path.of("../server/systemd");

  @TempDir private Path folder;

  @Test
  void theServerUsesItsSocketsAndTellsHowItIs() throws Exception {
    URL script = SystemdTest.class.getResource("activate.py");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("python3", Path.of(script.toURI()).toString(), folder.toString()));
    command.addAll(
        ServerProcess.command(
            "serve", "--data=" + folder.resolve("data"), "--grpc=off", "--logs=memory"));
    Process systemd =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
    try (BufferedReader lines = systemd.inputReader()) {
      int port = Integer.parseInt(lines.readLine());
      // The descriptor listens already: a request waits until the server is there.
      try (Client client = new Client("http://127.0.0.1:" + port)) {
        assertEquals(200, client.send("GET", "/_ringmaster/health/ready", null).statusCode());
      }
      List<String> told = new ArrayList<>();
      String ready = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{")) {
          ready = line;
        } else {
          told.add(line);
        }
        if (told.contains("READY=1") && ready != null) {
          break;
        }
      }
      assertTrue(ready.contains("\"http\":\"http://127.0.0.1:" + port + "\""), ready);
      server(systemd).destroy();
      assertEquals("STOPPING=1", lines.readLine());
      assertTrue(systemd.waitFor(ServerProcess.PATIENCE_S, TimeUnit.SECONDS));
    } finally {
      systemd.descendants().forEach(ProcessHandle::destroyForcibly);
      systemd.destroyForcibly();
    }
  }

  private static ProcessHandle server(Process systemd) {
    try (Stream<ProcessHandle> children = systemd.children()) {
      return children.findFirst().orElseThrow();
    }
  }

  /** Lines that systemd would not know are ignored by it, and would promise what is not there. */
  @Test
  void theUnitsAreWellFormed() throws Exception {
    for (String unit : List.of("ringmaster.service", "ringmaster.socket")) {
      for (String line : Files.readAllLines(UNITS.resolve(unit))) {
        assertTrue(
            line.isEmpty()
                || line.matches("#.*|\\[(Unit|Service|Socket|Install)]|[A-Z][A-Za-z]+=.*"),
            unit + ": " + line);
      }
    }
    String service = Files.readString(UNITS.resolve("ringmaster.service"));
    assertTrue(service.contains("Type=notify"), service);
    assertTrue(!service.contains("\nRestrictNamespaces="), "sandboxes need user namespaces");
  }
}
