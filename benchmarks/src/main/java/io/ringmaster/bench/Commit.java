package io.ringmaster.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which commit is being measured. */
final class Commit {
  private static final String UNKNOWN = "unknown";
  private static final long LIMIT_S = 10;

  private Commit() {}

  /**
   * The commit of the checkout that this code lies in, {@code -dirty} with changes; {@code unknown}
   * elsewhere.
   */
  static String current() {
    Path code;
    try {
      code = Path.of(Commit.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    String head = git(code.getParent(), "rev-parse", "HEAD");
    if (!head.matches("[0-9a-f]{40,64}")) {
      return UNKNOWN;
    }
    String changes = git(code.getParent(), "status", "--porcelain", "--untracked-files=no");
    return changes.isEmpty() ? head : head + "-dirty";
  }

  private static String git(Path folder, String... words) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(words));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return UNKNOWN;
      }
      return process.exitValue() == 0 ? text : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN; // no git here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }
}
