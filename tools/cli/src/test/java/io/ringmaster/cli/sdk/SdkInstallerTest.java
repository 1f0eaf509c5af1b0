package io.ringmaster.cli.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSdk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installing without a network: what pip and npm are asked for, and what becomes of their work. */
class SdkInstallerTest {
  @TempDir Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = SdkInstaller.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A pip and an npm that write one file. */
  private static int works(List<String> command, Path at) throws IOException {
    if (command.contains("--version")) {
      return command.getFirst().equals("/without/pip") ? 1 : 0;
    }
    Path made =
        command.getFirst().equals("npm")
            ? at.resolve("node_modules/@aws-sdk/client-s3")
            : Path.of(target(command)).resolve("boto3");
    Files.createDirectories(made);
    Files.writeString(made.resolve("new"), String.join(" ", command));
    return 0;
  }

  private static String target(List<String> command) {
    return command.stream()
        .filter(argument -> argument.startsWith("--target="))
        .findFirst()
        .orElseThrow()
        .substring("--target=".length());
  }

  private List<String> content() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void bothAreFoundByTheRuntimesAndReplaceWhatWasThere() throws Exception {
    SdkInstaller installer = new SdkInstaller(folder, SdkInstallerTest::works);
    Files.createDirectories(folder.resolve("python/boto3"));
    Files.writeString(folder.resolve("python/boto3/old"), "");
    assertNull(installer.python(List.of(Path.of("/without/pip"), Path.of("/with/pip"))));
    assertNull(installer.node());
    assertNull(installer.node());
    assertTrue(RuntimeSdk.hasPython(folder));
    assertTrue(RuntimeSdk.hasNode(folder));
    assertEquals(List.of("nodejs", "python"), content());
    String asked = Files.readString(folder.resolve("python/boto3/new"));
    assertTrue(asked.startsWith("/with/pip -m pip install"), asked);
    assertTrue(asked.contains("--require-hashes"), asked);
    assertTrue(Files.notExists(folder.resolve("python/boto3/old")));
  }

  @Test
  void whatFailsChangesNothing() throws Exception {
    Files.createDirectories(folder.resolve("python/boto3"));
    SdkInstaller installer =
        new SdkInstaller(
            folder,
            (command, at) -> {
              works(command, at);
              return command.contains("--version") ? 0 : 7;
            });
    assertEquals("pip ended with status 7", installer.python(List.of(Path.of("/with/pip"))));
    assertEquals("npm ended with status 7", installer.node());
    assertTrue(installer.python(List.of()).contains("python3-pip"));
    SdkInstaller without =
        new SdkInstaller(
            folder,
            (command, at) -> {
              throw new IOException("no such file");
            });
    assertTrue(without.node().contains("apt-get install npm"));
    assertEquals(List.of("python"), content());
  }

  /** A pip that says it is done and has made nothing. */
  @Test
  void whatWasThereComesBackWhereNothingReplacesIt() throws Exception {
    Files.createDirectories(folder.resolve("python/boto3"));
    Files.writeString(folder.resolve("python/boto3/old"), "");
    SdkInstaller installer = new SdkInstaller(folder, (command, at) -> 0);
    assertThrows(IOException.class, () -> installer.python(List.of(Path.of("/with/pip"))));
    assertEquals(List.of("python"), content());
    assertTrue(Files.exists(folder.resolve("python/boto3/old")));
  }

  @Test
  void everythingIsPinnedByHash() throws Exception {
    List<String> requirements = resource("requirements.txt").lines().toList();
    assertTrue(requirements.stream().anyMatch(line -> line.startsWith("boto3==")));
    for (String line : requirements) {
      assertTrue(line.matches("[a-z0-9-]+==[0-9a-z.]+ --hash=sha256:[0-9a-f]{64}"), line);
    }
    JsonNode lock = new ObjectMapper().readTree(resource("package-lock.json"));
    JsonNode wanted = new ObjectMapper().readTree(resource("package.json")).get("dependencies");
    assertEquals(wanted, lock.get("packages").get("").get("dependencies"));
    assertTrue(wanted.has("@aws-sdk/client-s3"));
    for (Map.Entry<String, JsonNode> each : lock.get("packages").properties()) {
      if (!each.getKey().isEmpty()) {
        assertTrue(each.getValue().get("integrity").asText().startsWith("sha512-"), each::toString);
        assertTrue(!each.getValue().has("resolved"), each::toString);
      }
    }
  }
}
