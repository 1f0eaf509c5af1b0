package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where functions find packages: beside them, then in layers, then in the SDK's folder; CommonJS by
 * {@code NODE_PATH}, ES modules as on Lambda. In every Node that is here.
 */
class NodePackagesTest {
  private static SortedMap<Integer, Path> interpreters;
  private static Path bootstraps;
  @TempDir static Path shared;

  @TempDir Path folder;
  private Path code;
  private Path layers;
  private Path sdk;

  @BeforeAll
  static void extract() throws Exception {
    interpreters = NodeInterpreters.all();
    assertFalse(interpreters.isEmpty(), "these tests need node on the path");
    bootstraps = Bootstraps.extract(shared.resolve("bootstraps"));
  }

  @BeforeEach
  void fill() throws IOException {
    code = folder.resolve("code");
    layers = folder.resolve("layers");
    sdk = folder.resolve("sdk");
    bring(code, "node_modules/own", "own of the package");
    for (String version : new String[] {"", "node22/", "node24/"}) {
      String place = "nodejs/" + version + "node_modules/";
      bring(layers, place + "own", "own of a layer");
      bring(layers, place + "layered", "layered in " + place);
      bring(layers, place + "@aws-sdk/in-both", "in-both of a layer");
    }
    bring(layers, "nodejs/node_modules/general", "general");
    bring(sdk, "nodejs/node_modules/@aws-sdk/in-both", "in-both of the SDK");
    bring(sdk, "nodejs/node_modules/@aws-sdk/client", "client of the SDK");
    PythonSandbox.write(
        layers,
        Map.of(
            "nodejs/node_modules/uses/package.json",
            "{\"name\":\"uses\",\"type\":\"module\",\"exports\":\"./index.js\"}",
            "nodejs/node_modules/uses/index.js",
            "import client from '@aws-sdk/client'; export default 'uses ' + client;"));
  }

  /** A package of ES modules that also CommonJS can have. */
  private static void bring(Path root, String place, String value) throws IOException {
    Map<String, String> files = new TreeMap<>();
    String name = place.substring(place.indexOf("node_modules/") + "node_modules/".length());
    files.put(
        place + "/package.json",
        """
        {"name":"%s","exports":{"import":"./index.mjs","require":"./index.cjs"}}\
        """
            .formatted(name));
    files.put(place + "/index.mjs", "export default '" + value + "';");
    files.put(place + "/index.cjs", "module.exports = '" + value + "';");
    PythonSandbox.write(root, files);
  }

  private PythonSandbox start(int node, String runtime, Map<String, String> files)
      throws IOException {
    PythonSandbox.write(code, files);
    Launch launch = Launch.of("node", interpreters.get(node), node, 0, bootstraps, 128);
    String path =
        layers
            + "/nodejs/node22/node_modules:"
            + layers
            + "/nodejs/node_modules:"
            + sdk
            + "/nodejs"
            + "/node_modules";
    return ProgramSandbox.start(launch, code.toRealPath())
        .runtime(runtime)
        .environment("NODE_PATH", path)
        .folder("layers", layers)
        .folder("sdk", sdk);
  }

  private void finds(String runtime, Map<String, String> files) throws IOException {
    for (int node : interpreters.keySet()) {
      try (PythonSandbox sandbox = start(node, runtime, files)) {
        Frame ready = sandbox.bind("app.handler");
        assertNotNull(ready, sandbox::output);
        assertEquals(PythonSandbox.READY, ready.kind(), () -> node + ": " + ready.wholeText());
        Frame answer = sandbox.invoke(1, Request.of("{}"));
        assertEquals(
            "[\"own of the package\",\"layered in nodejs/"
                + runtime.replace("nodejs", "node").replace(".x", "")
                + "/node_modules/\",\"general\",\"in-both of a layer\",\"client of the SDK\","
                + "\"uses client of the SDK\"]",
            answer.text(),
            "Node " + node);
      }
    }
  }

  private static final String IMPORTS =
      """
      import own from 'own';
      import layered from 'layered';
      import general from 'general';
      import both from '@aws-sdk/in-both';
      import client from '@aws-sdk/client';
      import uses from 'uses';
      export const handler = async () => [own, layered, general, both, client, uses];
      """;

  @Test
  void esModulesFindPackagesOfLayersAndTheSdk() throws Exception {
    finds("nodejs22.x", Map.of("app.mjs", IMPORTS));
    finds("nodejs24.x", Map.of("app.mjs", IMPORTS));
  }

  @Test
  void soDoModulesThatThePackageSaysAreSome() throws Exception {
    Map<String, String> files = Map.of("app.js", IMPORTS, "package.json", "{\"type\":\"module\"}");
    finds("nodejs22.x", files);
    finds("nodejs24.x", files);
  }

  @Test
  void commonJsFindsThemToo() throws Exception {
    for (int node : interpreters.keySet()) {
      String source =
          "exports.handler = async () => ['own', 'layered', '@aws-sdk/in-both',"
              + " '@aws-sdk/client'].map(require);";
      try (PythonSandbox sandbox = start(node, "nodejs22.x", Map.of("app.js", source))) {
        assertEquals(PythonSandbox.READY, sandbox.bind("app.handler").kind());
        assertEquals(
            "[\"own of the package\",\"layered in nodejs/node22/node_modules/\",\"in-both of a"
                + " layer\",\"client of the SDK\"]",
            sandbox.invoke(1, Request.of("{}")).text());
      }
    }
  }

  @Test
  void whatIsNowhereIsMissedAsAlways() throws Exception {
    for (int node : interpreters.keySet()) {
      String source = "import 'nowhere'; export const handler = async () => 1;";
      try (PythonSandbox sandbox = start(node, "nodejs22.x", Map.of("app.mjs", source))) {
        Frame error = sandbox.bind("app.handler");
        assertEquals(PythonSandbox.INIT_ERROR, error.kind());
        String text = error.wholeText();
        assertTrue(text.contains("Cannot find package 'nowhere' imported from"), text);
        assertTrue(text.contains(code.toRealPath() + "/app.mjs"), text);
      }
    }
  }
}
