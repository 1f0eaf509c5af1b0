package io.ringmaster.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Functions with real packages, deployed as zip files: called cold, then warm. */
@Tag("built")
class DependenciesTest {
  private static final Path SOURCES = Path.of("src", "test", "dependencies").toAbsolutePath();

  /** What of the test's class path is no part of the function's package. */
  private static final Pattern NOT_PACKAGED =
      Pattern.compile(
          "(.*ringmaster|junit|opentest4j|apiguardian|aws-lambda|disruptor|agrona|jctools|netty).*"
              + "|.*classes");

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void pythonWithNumpyAndPillow() throws IOException {
    need("python3");
    Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
    Path code = Tools.folder("python", "dependencies");
    Tools.copy(SOURCES.resolve("python"), code);
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
        "-r",
        "requirements.txt");
    String version =
        Tools.run(
                code,
                Map.of(),
                python.toString(),
                "-c",
                "import sys; print('%d.%d' % sys.version_info[:2])")
            .strip();
    callTwice(
        "python" + version,
        "app.handler",
        code,
        "{\"n\":3}",
        "{\"trace\":180,\"size\":[8,4],\"calls\":");
  }

  @Test
  void nodeWithAwsSdkAndExpress() throws IOException {
    need("node", "npm");
    Path code = Tools.folder("node", "dependencies");
    Tools.copy(SOURCES.resolve("node"), code);
    Tools.run(code, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    callTwice(
        "nodejs22.x",
        "app.handler",
        code,
        "{\"version\":\"2.0\",\"rawPath\":\"/hello/ada\",\"rawQueryString\":\"\",\"headers\":{},"
            + "\"requestContext\":{\"http\":{\"method\":\"GET\",\"path\":\"/hello/ada\"}}}",
        "{\"status\":200,\"body\":{\"hello\":\"ada\"},\"url\":\"/a%20key\",\"signed\":true,\"calls\":");
  }

  /** The SDK's client talks to an endpoint that the test serves. */
  @Test
  void javaWithAwsSdkAndJackson() throws IOException {
    Path code = Tools.folder("java", "dependencies");
    Path sources = SOURCES.resolve("java");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                code.toString(),
                sources.resolve("App.java").toString());
    assertEquals(0, status);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      if (!NOT_PACKAGED.matcher(name).matches()) {
        Tools.copy(Path.of(entry), code.resolve("lib").resolve(name));
      }
    }
    HttpServer lambda =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    lambda.createContext(
        "/2016-08-19/account-settings",
        exchange -> {
          byte[] body = "{\"AccountLimit\":{\"ConcurrentExecutions\":77}}".getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    lambda.start();
    try {
      callTwice(
          "java21",
          "App::handle",
          code,
          "{\"endpoint\":\"http://127.0.0.1:" + lambda.getAddress().getPort() + "\"}",
          "{\"limit\":77,\"tree\":\"[1,2]\",\"calls\":");
    } finally {
      lambda.stop(0);
    }
  }

  private static void need(String... programs) throws IOException {
    List<String> missing = Tools.missing(programs);
    if (!missing.isEmpty()) {
      String id = "conformance.dependencies." + programs[0];
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(id + ".txt"),
          id + "\tnot installed: " + String.join(", ", missing) + "\n");
      assumeTrue(false, "not installed: " + missing);
    }
  }

  /** The answer without its last member, which counts the calls. */
  private static void callTwice(
      String runtime, String handler, Path code, String event, String begin) throws IOException {
    try (Engine engine =
        Engine.open(EngineConfig.builder().environmentsMax(2).genericSandboxes(1).build())) {
      engine
          .functions()
          .create(
              FunctionSpec.named("dependencies")
                  .runtime(runtime)
                  .handler(handler)
                  .memoryMb(1024)
                  .timeoutSeconds(30)
                  .code(FunctionCode.zip(zip(code)))
                  .build());
      for (int call = 1; call <= 2; call++) {
        InvocationResult result = engine.invoke(InvokeRequest.of("dependencies", event));
        assertNull(result.functionError(), result::payloadText);
        assertEquals(call == 1, result.coldStart());
        JsonNode answer = JSON.readTree(result.payload());
        assertEquals(begin + call + "}", answer.toString());
      }
    }
  }

  private static byte[] zip(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
