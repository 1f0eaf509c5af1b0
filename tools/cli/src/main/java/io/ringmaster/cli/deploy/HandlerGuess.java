package io.ringmaster.cli.deploy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a package's files tell about how it is to run.
 *
 * @param runtime runtime identifier
 * @param handler as Lambda writes it
 * @param why which file tells so
 */
record HandlerGuess(String runtime, String handler, String why) {
  private static final String PYTHON = "python3.13";
  private static final String NODE = "nodejs22.x";
  private static final String RUBY = "ruby3.4";
  private static final String PROVIDED = "provided.al2023";
  private static final String BOOTSTRAP = "bootstrap";

  private static final Pattern PYTHON_FUNCTION =
      Pattern.compile("(?m)^(?:async )?def (lambda_handler|handler)\\s*\\(");
  private static final Pattern RUBY_FUNCTION =
      Pattern.compile("(?m)^\\s*def (?:self\\.)?(lambda_handler|handler)\\b");
  private static final Pattern NODE_FUNCTION =
      Pattern.compile(
          "(?m)\\bexports\\.(handler|lambdaHandler)\\s*="
              + "|^\\s*export\\s+(?:const|let|var|async\\s+function|function)\\s+"
              + "(handler|lambdaHandler)\\b"
              + "|module\\.exports\\s*=\\s*\\{[^}]*\\b(handler|lambdaHandler)\\b");

  /** All that are possible, the likeliest kind only: none, one, or several to choose from. */
  static List<HandlerGuess> of(DeploymentFiles files) {
    byte[] bootstrap = files.files().get(BOOTSTRAP);
    if (bootstrap != null) {
      return List.of(new HandlerGuess(PROVIDED, BOOTSTRAP, "the file bootstrap"));
    }
    List<HandlerGuess> found = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.files().entrySet()) {
      script(file.getKey(), file.getValue(), found);
    }
    if (found.isEmpty()) {
      JavaHandlers.find(files.files(), found);
    }
    return found;
  }

  /** Scripts in the package's root: deeper ones are libraries. */
  private static void script(String path, byte[] content, List<HandlerGuess> found) {
    int dot = path.lastIndexOf('.');
    if (path.indexOf('/') >= 0 || dot <= 0) {
      return;
    }
    String module = path.substring(0, dot);
    switch (path.substring(dot)) {
      case ".py" -> add(PYTHON, module, path, PYTHON_FUNCTION, content, found);
      case ".rb" -> add(RUBY, module, path, RUBY_FUNCTION, content, found);
      case ".js", ".mjs", ".cjs" -> add(NODE, module, path, NODE_FUNCTION, content, found);
      default -> {}
    }
  }

  private static void add(
      String runtime,
      String module,
      String path,
      Pattern pattern,
      byte[] content,
      List<HandlerGuess> found) {
    Matcher matcher = pattern.matcher(new String(content, StandardCharsets.UTF_8));
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          HandlerGuess guess =
              new HandlerGuess(runtime, module + "." + matcher.group(group), path + " has it");
          if (!found.contains(guess)) {
            found.add(guess);
          }
        }
      }
    }
  }
}
