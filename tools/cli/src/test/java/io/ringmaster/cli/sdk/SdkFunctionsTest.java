package io.ringmaster.cli.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The pinned SDKs as the command fetches them, and functions that use them without bringing them;
 * in the full tier, as it asks package registries.
 */
class SdkFunctionsTest {
  private static final String ID = "cli.sdk";

  /** Signs without a network. */
  private static final String PYTHON =
      """
      import boto3, os
      def handler(event, context):
          s3 = boto3.client("s3", region_name="us-east-1",
              aws_access_key_id="AKID", aws_secret_access_key="secret")
          url = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
          return "amazonaws.com" in url and "Signature=" in url
      """;

  private static final String NODE_USE =
      """
      const client = new S3Client({ region: 'us-east-1',
        credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } });
      const sign = () => getSignedUrl(client, new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
      const signs = async () => /amazonaws\\.com.*Signature=/.test(await sign());
      """;

  private static final String NODE_IMPORTS =
      """
      import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
      import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
      """
          + NODE_USE
          + "export const handler = signs;\n";

  private static final String NODE_REQUIRES =
      """
      const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
      const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');
      """
          + NODE_USE
          + "exports.handler = signs;\n";

  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicNode> installed() throws IOException {
    if (!"full".equals(System.getProperty("ringmaster.tests"))) {
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(ID + ".txt"),
          ID + "\tpackage registries are asked in the full tier only\n");
      return Stream.empty();
    }
    return Stream.of(dynamicTest("the pinned SDKs", SdkFunctionsTest::functionsUseThem));
  }

  private static void functionsUseThem() throws Exception {
    assertEquals(0, new CommandLine(new SdkCommand()).execute("install", "--sdk-folder=" + folder));
    try (Engine engine =
        Engine.open(EngineConfig.builder().genericSandboxes(1).sdkFolder(folder).build())) {
      create(engine, "python", "python3.13", Map.of("app.py", PYTHON));
      assertEquals("true", answer(engine, "python"));
      create(engine, "import", "nodejs22.x", Map.of("app.mjs", NODE_IMPORTS));
      assertEquals("true", answer(engine, "import"));
      create(engine, "require", "nodejs22.x", Map.of("app.js", NODE_REQUIRES));
      assertEquals("true", answer(engine, "require"));

      create(
          engine,
          "own-python",
          "python3.13",
          Map.of(
              "boto3/__init__.py", "NAME = 'own'\n",
              "app.py", "import boto3\ndef handler(event, context): return boto3.NAME\n"));
      assertEquals("\"own\"", answer(engine, "own-python"));
      Map<String, String> own =
          Map.of(
              "node_modules/@aws-sdk/client-s3/package.json", "{\"main\":\"i.js\"}",
              "node_modules/@aws-sdk/client-s3/i.js", "exports.name = 'own';\n");
      Map<String, String> requires = new HashMap<>(own);
      requires.put("app.js", "exports.handler = async () => require('@aws-sdk/client-s3').name;\n");
      create(engine, "own-require", "nodejs22.x", requires);
      assertEquals("\"own\"", answer(engine, "own-require"));
      Map<String, String> imports = new HashMap<>(own);
      imports.put(
          "app.mjs",
          "import s3 from '@aws-sdk/client-s3'; export const handler = async () => s3.name;\n");
      create(engine, "own-import", "nodejs22.x", imports);
      assertEquals("\"own\"", answer(engine, "own-import"));
    }
  }

  private static void create(
      Engine engine, String name, String runtime, Map<String, String> files) {
    Map<String, byte[]> code = new HashMap<>();
    files.forEach((path, text) -> code.put(path, text.getBytes(StandardCharsets.UTF_8)));
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .runtime(runtime)
                .handler("app.handler")
                .memoryMb(512)
                .timeoutSeconds(30)
                .code(FunctionCode.files(code))
                .build());
  }

  private static String answer(Engine engine, String name) {
    InvocationResult result = engine.invoke(InvokeRequest.of(name, "{}"));
    assertNull(result.functionError(), result::payloadText);
    return result.payloadText().replace(" ", "");
  }
}
