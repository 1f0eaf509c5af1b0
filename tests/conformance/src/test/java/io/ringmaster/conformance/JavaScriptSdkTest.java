package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** AWS's SDK for JavaScript, version 3, as npm has it. */
@Tag("built")
class JavaScriptSdkTest extends ScriptedChecks {
  static final String RELEASE = "3.1162.0";

  JavaScriptSdkTest() {
    super("javascript", "node", "npm");
  }

  /** Modules are found beside the script. */
  @Override
  List<String> command(Path folder) throws IOException {
    Path fetched = folder.resolve(RELEASE);
    if (!Files.exists(fetched)) {
      Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
      Tools.run(
          folder,
          Map.of(),
          "npm",
          "install",
          "--no-audit",
          "--no-fund",
          "--loglevel=error",
          "@aws-sdk/client-lambda@" + RELEASE);
      Files.createFile(fetched);
    }
    for (String script : List.of("life", "common", "function_steps", "resource_steps")) {
      Files.copy(
          Packages.SCRIPTS.resolve(script + ".mjs"),
          folder.resolve(script + ".mjs"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Path node = Tools.interpreter("node", "-p", "process.execPath");
    return List.of(node.toString(), folder.resolve("life.mjs").toString());
  }
}
