package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers, the runtimes' AWS SDKs and runtimes that are not there, as functions and callers see
 * them.
 */
class LayersJourneyTest {
  private static final String[] WHAT_IT_SEES = {
    "import json, os, subprocess, sys",
    "import one, two, three, both",
    "def handler(event, context):",
    "    tool = subprocess.run(['tool'], capture_output=True, text=True)",
    "    return {'one': one.NAME, 'two': two.NAME, 'three': three.NAME, 'both': both.NAME,",
    "            'tool': tool.stdout, 'env': dict(os.environ), 'path': sys.path,",
    "            'data': open(os.path.dirname(os.path.dirname(two.__file__)) + '/data.txt').read()}"
  };

  private static FunctionCode files(String... pathsAndTexts) {
    Map<String, byte[]> files = new HashMap<>();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      files.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return FunctionCode.files(files);
  }

  private static FunctionCode layerOne() {
    return files(
        "python/one.py", "NAME = 'layer one'\n",
        "python/two.py", "NAME = 'layer one'\n",
        "python/both.py", "NAME = 'layer'\n",
        "data.txt", "of one",
        "bin/tool", "#!/bin/sh\nprintf 'a tool of a layer'\n");
  }

  private static FunctionCode layerTwo() {
    return files(
        "python/two.py", "NAME = 'layer two'\n",
        "python/lib/python3.13/site-packages/three.py", "NAME = 'site packages'\n",
        "data.txt", "of two");
  }

  @Test
  void aPythonFunctionFindsWhatItsLayersBring() {
    try (Engine engine = Engine.open(config().build())) {
      Map<String, byte[]> code = new HashMap<>();
      code.put("app.py", (String.join("\n", WHAT_IT_SEES) + "\n").getBytes(StandardCharsets.UTF_8));
      code.put("both.py", "NAME = 'package'\n".getBytes(StandardCharsets.UTF_8));
      FunctionSpec.Builder spec =
          python("layered", "").code(FunctionCode.files(code)).timeoutSeconds(10);
      engine.functions().create(spec.layers(List.of(layerOne(), layerTwo())).build());
      InvocationResult result = invoke(engine, "layered", "{}");
      assertNull(result.functionError(), result::payloadText);
      JsonNode seen = json(result);
      assertEquals("layer one", seen.get("one").asText());
      assertEquals("layer two", seen.get("two").asText(), "the later layer counts");
      assertEquals("site packages", seen.get("three").asText());
      assertEquals("package", seen.get("both").asText(), "the package comes before its layers");
      assertEquals("of two", seen.get("data").asText());
      assertEquals("a tool of a layer", seen.get("tool").asText());
      String layers = seen.get("path").get(2).asText().replaceFirst("/python$", "");
      assertEquals(
          layers + "/python/lib/python3.13/site-packages", seen.get("path").get(1).asText());
      assertTrue(seen.get("env").get("PATH").asText().endsWith(":" + layers + "/bin"));
      assertTrue(seen.get("env").get("LD_LIBRARY_PATH").asText().endsWith(":" + layers + "/lib"));

      engine.functions().updateConfiguration("layered", spec.layers(List.of()).build());
      InvocationResult without = invoke(engine, "layered", "{}");
      assertEquals("Unhandled", without.functionError());
      assertTrue(without.payloadText().contains("No module named 'one'"), without::payloadText);
    }
  }

  @Test
  void theRuntimesSdkIsFoundAndThePackagesOwnComesFirst(@TempDir Path folder) throws Exception {
    Path boto = Files.createDirectories(folder.resolve("python/boto3"));
    Files.writeString(boto.resolve("__init__.py"), "__version__ = \"the runtime's\"\n");
    try (Engine engine = Engine.open(config().sdkFolder(folder).build())) {
      String[] source = {
        "import boto3", "def handler(event, context):", "    return boto3.__version__"
      };
      engine.functions().create(python("runtimes", source).build());
      assertEquals("\"the runtime's\"", invoke(engine, "runtimes", "0").payloadText());
      engine
          .functions()
          .create(python("changed", source).environment(Map.of("PYTHONPATH", "/none")).build());
      assertEquals("\"the runtime's\"", invoke(engine, "changed", "0").payloadText());
      engine
          .functions()
          .create(
              python("layers", source)
                  .layers(List.of(files("python/boto3.py", "__version__ = 'the layer'\n")))
                  .build());
      assertEquals("\"the layer\"", invoke(engine, "layers", "0").payloadText());
    }
  }

  @Test
  void whereFunctionsFindAwsIsTheOperatorsWord() {
    try (Engine engine =
        Engine.open(
            config()
                .awsEndpoint("http://127.0.0.1:4566")
                .lambdaEndpoint("http://127.0.0.1:9001")
                .build())) {
      engine
          .functions()
          .create(
              python("where", "import os", "def handler(e, c):", "    return dict(os.environ)")
                  .build());
      JsonNode environment = json(invoke(engine, "where", "0"));
      assertEquals("http://127.0.0.1:4566", environment.get("AWS_ENDPOINT_URL").asText());
      assertEquals("http://127.0.0.1:9001", environment.get("AWS_ENDPOINT_URL_LAMBDA").asText());
    }
  }

  @Test
  void aRuntimeWithoutABootstrapIsAcceptedAndSaysWhyItDoesNotRun() {
    try (Engine engine = Engine.open(config().allowDeprecated(true).build())) {
      for (String runtime : List.of("dotnet8", "go1.x", "python2.7")) {
        String name = runtime.replace('.', '-');
        engine.functions().create(python(name, "").runtime(runtime).build());
        InvocationResult result = invoke(engine, name, "{}");
        assertEquals("InvalidRuntimeException", result.refusal().code(), result::toString);
        assertTrue(result.refusal().message().contains(runtime + ": "), result::toString);
      }
    }
  }

  @Test
  void anotherArchitecturesScriptsRunAndItsNativeCodeFailsAsOnLambda() {
    String other = System.getProperty("os.arch").equals("aarch64") ? "x86_64" : "arm64";
    try (Engine engine = Engine.open(config().build())) {
      engine
          .functions()
          .create(
              python("script", "def handler(e, c):", "    return e")
                  .architectures(List.of(other))
                  .build());
      assertEquals("7", invoke(engine, "script", "7").payloadText());
      engine
          .functions()
          .create(
              FunctionSpec.named("native")
                  .runtime("provided.al2023")
                  .handler("bootstrap")
                  .architectures(List.of(other))
                  .code(FunctionCode.files(Map.of("bootstrap", foreignProgram(other))))
                  .build());
      InvocationResult result = invoke(engine, "native", "{}");
      assertEquals("Unhandled", result.functionError(), result::toString);
      assertEquals("Runtime.InvalidEntrypoint", json(result).get("errorType").asText());
      String message = json(result).get("errorMessage").asText();
      assertTrue(
          message.endsWith("Error: fork/exec /var/task/bootstrap: exec format error"), message);
    }
  }

  /** The header of an ELF program for that architecture; the kernel looks no further. */
  private static byte[] foreignProgram(String architecture) {
    byte[] elf = new byte[64];
    byte[] identity = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    System.arraycopy(identity, 0, elf, 0, identity.length);
    elf[16] = 2; // ET_EXEC
    elf[18] = (byte) (architecture.equals("arm64") ? 183 : 62); // EM_AARCH64, EM_X86_64
    elf[20] = 1;
    elf[52] = 64; // e_ehsize
    elf[54] = 56; // e_phentsize
    return elf;
  }
}
