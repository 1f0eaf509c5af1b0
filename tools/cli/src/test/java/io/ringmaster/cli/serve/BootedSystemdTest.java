package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The units under a real systemd: hardened, the server runs functions; a restart refuses nobody.
 */
class BootedSystemdTest {
  private static final String PROGRAM = "/opt/ringmaster/ringmaster";

  /** Asks for the answer of a function, each time by a connection of its own, until it is told. */
  private static final String CLIENT =
      """
      import http.client, os
      answers = failures = 0
      while not os.path.exists("/run/enough"):
          connection = http.client.HTTPConnection("127.0.0.1", 9001, timeout=50)
          try:
              connection.request("POST", "/2015-03-31/functions/who/invocations", b"{}")
              answer = connection.getresponse()
              assert answer.status == 200 and answer.read() == b'"python"', answer.status
              answers += 1
              open("/run/asked", "w").write(str(answers))
          except Exception as e:
              failures += 1
              print(repr(e))
          finally:
              connection.close()
      print("answers", answers, "failures", failures)
      """;

  @TempDir private Path folder;

  @Test
  void theServerIsAServiceAsItsUnitsSay() throws Exception {
    Assumptions.assumeTrue(
        "full".equals(System.getProperty("ringmaster.tests")), "in the full tier only");
    try (BootedSystemd systemd = BootedSystemd.start(folder)) {
      awaitActive(systemd);
      Path function = Files.createDirectories(systemd.root().resolve("srv/who"));
      Files.writeString(
          function.resolve("lambda_function.py"),
          "def lambda_handler(event, context):\n    return 'python'\n");
      expect(systemd, "who is active", PROGRAM, "deploy", "/srv/who");
      expect(systemd, "\"python\"", PROGRAM, "invoke", "who", "{}");
      restartsRefuseNobody(systemd);
      aKilledServerComesBack(systemd);
      mendedOptionsArePickedUp(systemd);

      expect(systemd, "", "systemctl", "stop", "ringmaster.socket", "ringmaster.service");
      assertEquals(List.of(), systemd.running());
      assertEquals("success", property(systemd, "Result"));
    }
  }

  private void restartsRefuseNobody(BootedSystemd systemd) throws Exception {
    Files.writeString(systemd.root().resolve("srv/client.py"), CLIENT);
    Path said = folder.resolve("client");
    Process client = systemd.start(said, "python3", "/srv/client.py");
    try {
      awaitAnswers(systemd, 10);
      expect(systemd, "", "systemctl", "restart", "ringmaster.service");
      awaitAnswers(systemd, 10);
      Files.createFile(systemd.root().resolve("run/enough"));
      assertTrue(client.waitFor(ServerProcess.PATIENCE_S, TimeUnit.SECONDS));
      String text = Files.readString(said);
      assertTrue(text.endsWith(" failures 0\n"), text);
    } finally {
      client.destroyForcibly();
    }
  }

  private static void aKilledServerComesBack(BootedSystemd systemd) throws Exception {
    String killed = property(systemd, "MainPID");
    expect(systemd, "", "kill", "-KILL", killed);
    awaitRestarts(systemd, 1);
    awaitActive(systemd);
    assertNotEquals(killed, property(systemd, "MainPID"));
    expect(systemd, "\"python\"", PROGRAM, "invoke", "who", "{}");
  }

  /** Whoever waits for a server with wrong options is answered once they are right. */
  private void mendedOptionsArePickedUp(BootedSystemd systemd) throws Exception {
    Path more = systemd.root().resolve("etc/systemd/system/ringmaster.service.d/more.conf");
    Files.createDirectories(more.getParent());
    Files.writeString(more, "[Service]\nEnvironment=RINGMASTER_DRAIN=wrong\n");
    expect(systemd, "", "systemctl", "daemon-reload");
    expect(systemd, "", "systemctl", "stop", "ringmaster.service");
    Path said = folder.resolve("waiting");
    Process client = systemd.start(said, PROGRAM, "invoke", "who", "{}");
    try {
      awaitRestarts(systemd, 3);
      Files.delete(more);
      expect(systemd, "", "systemctl", "daemon-reload");
      assertTrue(client.waitFor(ServerProcess.PATIENCE_S, TimeUnit.SECONDS));
      assertTrue(Files.readString(said).contains("\"python\""), Files.readString(said));
      awaitActive(systemd);
    } finally {
      client.destroyForcibly();
    }
  }

  private static void awaitRestarts(BootedSystemd systemd, int count) throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    while (Integer.parseInt(property(systemd, "NRestarts")) < count) {
      assertTrue(System.nanoTime() < endNs, "it is not started again");
      Thread.sleep(20);
    }
  }

  private static void awaitAnswers(BootedSystemd systemd, int more) throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    int wanted = answers(systemd) + more;
    while (answers(systemd) < wanted) {
      assertTrue(System.nanoTime() < endNs, "no more answers come");
      Thread.sleep(20);
    }
  }

  private static int answers(BootedSystemd systemd) throws Exception {
    Path asked = systemd.root().resolve("run/asked");
    String text = Files.exists(asked) ? Files.readString(asked) : "";
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  private static void awaitActive(BootedSystemd systemd) throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    for (String state = ""; !state.equals("active"); state = property(systemd, "ActiveState")) {
      if (state.equals("failed") || System.nanoTime() > endNs) {
        throw new AssertionError(
            state + ": " + systemd.run("journalctl", "-b", "-o", "cat").text());
      }
      Thread.sleep(20);
    }
  }

  private static String property(BootedSystemd systemd, String name) throws Exception {
    return systemd.run("systemctl", "show", "ringmaster", "-p", name, "--value").text().strip();
  }

  private static void expect(BootedSystemd systemd, String part, String... command)
      throws Exception {
    BootedSystemd.Ended ended = systemd.run(command);
    assertTrue(ended.status() == 0 && ended.text().contains(part), ended.text());
  }
}
