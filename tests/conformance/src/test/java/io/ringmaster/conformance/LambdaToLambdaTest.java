package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Functions that call others by AWS's SDKs, told nothing but a function's name: endpoint, region
 * and credentials are what the SDKs find in the environment.
 */
@Tag("built")
class LambdaToLambdaTest {
  private static final long PENDING_NS = 30_000_000_000L;

  private static final String PYTHON =
      """
      import json
      import boto3

      functions = boto3.client("lambda")

      def handler(event, context):
          answer = functions.invoke(FunctionName="greeter", Payload=json.dumps(event))
          said = json.load(answer["Payload"])
          try:
              functions.invoke(FunctionName="nobody")
          except functions.exceptions.ResourceNotFoundException as refused:
              return {"status": answer["StatusCode"], "said": said, "nobody": type(refused).__name__}
      """;

  private static final String NODE =
      """
      const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");
      const functions = new LambdaClient({});
      exports.handler = async (event) => {
        const asked = new InvokeCommand({ FunctionName: "greeter", Payload: JSON.stringify(event) });
        const answer = await functions.send(asked);
        const said = JSON.parse(Buffer.from(answer.Payload).toString());
        try {
          await functions.send(new InvokeCommand({ FunctionName: "nobody" }));
        } catch (refused) {
          return { status: answer.StatusCode, said, nobody: refused.name };
        }
      };
      """;

  private static final String GREETER =
      """
      def handler(event, context):
          return "Hello, " + event["name"]
      """;

  @Test
  void byBoto3() throws IOException {
    need("boto3", "python3");
    Path code = Tools.folder("relay", "python");
    Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
    String version =
        Tools.run(
                code,
                Map.of(),
                python.toString(),
                "-c",
                "import sys; print('%d.%d' % sys.version_info[:2])")
            .strip();
    Tools.run(
        code,
        Map.of(),
        python.toString(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "--target",
        code.toString(),
        PythonClients.BOTO3);
    Files.writeString(code.resolve("app.py"), PYTHON);
    relays("python" + version, code, "{\"status\": 200, \"said\": \"Hello, Ada\", \"nobody\": ");
  }

  @Test
  void byTheSdkForJavaScript() throws IOException {
    need("javascript", "python3", "node", "npm");
    Path code = Tools.folder("relay", "node");
    Files.writeString(code.resolve("package.json"), "{\"private\":true}");
    Tools.run(
        code,
        Map.of(),
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--no-bin-links",
        "--loglevel=error",
        "@aws-sdk/client-lambda@" + JavaScriptSdkTest.RELEASE);
    Files.writeString(code.resolve("app.js"), NODE);
    relays("nodejs22.x", code, "{\"status\":200,\"said\":\"Hello, Ada\",\"nobody\":");
  }

  private static void relays(String runtime, Path code, String begin) throws IOException {
    try (TestServer server = TestServer.open()) {
      Engine engine = server.engine();
      create(engine, "greeter", "python3.13", FunctionCode.source("app.py", GREETER));
      create(engine, "relay", runtime, FunctionCode.folder(code));
      InvocationResult result = engine.invoke(InvokeRequest.of("relay", "{\"name\":\"Ada\"}"));
      assertNull(result.functionError(), result::payloadText);
      assertEquals(begin + "\"ResourceNotFoundException\"}", result.payloadText());
    }
  }

  private static void create(Engine engine, String name, String runtime, FunctionCode code) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .runtime(runtime)
                .handler("app.handler")
                .memoryMb(1024)
                .timeoutSeconds(60)
                .code(code)
                .build());
    long beganNs = System.nanoTime();
    while (!"Active".equals(engine.functions().get(name).state())) {
      assertTrue(System.nanoTime() - beganNs < PENDING_NS, name);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void need(String client, String... programs) throws IOException {
    List<String> missing = Tools.missing(programs);
    if (!missing.isEmpty()) {
      String id = "conformance.relay." + client;
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(id + ".txt"),
          id + "\tnot installed: " + String.join(", ", missing) + "\n");
      assumeTrue(false, "not installed: " + missing);
    }
  }
}
