package io.ringmaster.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.server.Server;
import io.ringmaster.server.config.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a server, against one. */
class ServerCommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String GREETER =
      """
      def handler(event, context):
          print("greeting", event.get("name"))
          if "fail" in event:
              raise ValueError("no such name")
          return {"hello": event.get("name")}
      """;

  /** What AWS's SDKs look at, without one. */
  private static final String CALLER =
      """
      import json, os, urllib.request

      def handler(event, context):
          url = os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/greeter/invocations"
          key = os.environ["AWS_ACCESS_KEY_ID"]
          scope = "/20260101/" + os.environ["AWS_REGION"] + "/lambda/aws4_request"
          request = urllib.request.Request(
              url, json.dumps(event).encode(), {"Authorization":
              "AWS4-HMAC-SHA256 Credential=" + key + scope + ", SignedHeaders=host, Signature=00"})
          with urllib.request.urlopen(request) as answer:
              return {"relayed": json.load(answer)}
      """;

  @TempDir private Path folder;

  private final PrintStream standardOutput = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private Path data;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    server = serve(data);
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setOut(standardOutput);
    System.setErr(standardError);
    server.close();
  }

  private static Server serve(Path data) throws Exception {
    return Server.start(
        Configuration.resolve(
            Map.of("data", data.toString(), "http", "127.0.0.1:0", "grpc", "off"), Map.of()),
        Map.of());
  }

  @Test
  void aFunctionsLifeOnTheCommandLine() throws Exception {
    Path source = Files.createDirectories(folder.resolve("greeter"));
    Files.writeString(source.resolve("app.py"), GREETER);
    JsonNode deployed = document("deploy", source.toString(), "--env=COLOUR=blue", "--json");
    assertEquals("ringmaster.deploy/1", deployed.get("schema").asText());
    assertEquals("greeter", deployed.get("functionName").asText());
    assertEquals("python3.13", deployed.get("runtime").asText());
    assertEquals("app.handler", deployed.get("handler").asText());
    assertEquals("Active", deployed.get("state").asText());
    assertTrue(deployed.get("created").asBoolean());
    assertTrue(errors().contains("guessed: app.py has it"), errors());

    run(ExitStatus.OK, "invoke", "greeter", "{\"name\": \"world\"}");
    assertEquals("{\"hello\": \"world\"}\n", printed());
    JsonNode answer = document("invoke", "greeter", "{\"name\": \"you\"}", "--json");
    assertEquals("ringmaster.invoke/1", answer.get("schema").asText());
    assertEquals(200, answer.get("statusCode").asInt());
    assertEquals("you", answer.get("payload").get("hello").asText());
    assertEquals("$LATEST", answer.get("executedVersion").asText());
    assertTrue(answer.get("functionError").isNull());
    assertTrue(answer.get("logTail").asText().contains("greeting you"), answer::toString);
    List<String> timings = new ArrayList<>();
    answer.get("timingsUs").fieldNames().forEachRemaining(timings::add);
    assertEquals(List.of("queue", "bind", "init", "invoke"), timings);
    assertTrue(answer.get("timingsUs").get("invoke").asDouble() > 0, answer::toString);
    assertTrue(answer.get("billedMs").asLong() > 0, answer::toString);
    assertFalse(answer.get("coldStart").asBoolean());

    run(ExitStatus.CHECK_FAILED, "invoke", "greeter", "{\"fail\": 1}");
    assertTrue(printed().contains("ValueError"));
    JsonNode refused = documentOf(ExitStatus.CHECK_FAILED, "invoke", "nobody", "--json");
    assertEquals(404, refused.get("statusCode").asInt());
    assertEquals("ResourceNotFoundException", refused.get("refusal").get("code").asText());
    assertEquals(
        Set.of("refusal"),
        difference(fields(refused), fields(answer)),
        "a refusal is the same document with a refusal");
    UUID.fromString(refused.get("requestId").asText());
    assertTrue(refused.get("payload").isNull() && refused.get("logTail").isNull());
    assertEquals(0, refused.get("billedMs").asInt(-1));
    assertEquals(fields(answer.get("timingsUs")), fields(refused.get("timingsUs")));

    run(ExitStatus.OK, "logs", "greeter");
    String log = printed();
    assertTrue(log.contains("greeting world") && log.contains("REPORT RequestId"), log);
    JsonNode lines = document("logs", "greeter", "--json");
    assertEquals("ringmaster.logs/1", lines.get("schema").asText());
    assertEquals("greeter", lines.get("function").asText());
    assertEquals(log.lines().count(), lines.get("lines").size());
    run(ExitStatus.USAGE, "logs", "greeter", "--json", "-f");
    run(ExitStatus.USAGE, "logs", "greeter", "--since", "yesterday");
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonNode found;
    do { // lines are in files a moment after they are in memory
      found = document("logs", "greeter", "--json", "--since", "1h", "--filter", "greeting -None");
    } while (found.get("events").size() < 2 && System.nanoTime() - endNs < 0);
    assertEquals(2, found.get("events").size());
    assertEquals("greeting world", found.get("events").get(0).get("message").asText());
    run(ExitStatus.OK, "logs", "greeter", "--last", "1");
    assertTrue(printed().startsWith("REPORT RequestId"), printed());
    run(ExitStatus.CHECK_FAILED, "logs", "greeter", "--filter", "{ $.a");
    assertTrue(errors().contains("filter pattern"), errors());
    JsonNode listed = document("functions", "--json");
    assertEquals(1, listed.get("functions").size());
    assertEquals("greeter", listed.get("functions").get(0).get("FunctionName").asText());
    run(ExitStatus.OK, "functions", "describe", "greeter");
    assertTrue(printed().contains("\"CodeSha256\""));
    JsonNode status = document("status", "--json");
    assertEquals("ringmaster.status/1", status.get("schema").asText());
    assertEquals(3, status.get("functions").get(0).get("invocations").asInt());
    assertEquals(1, status.get("functions").get(0).get("errors").asInt());

    update(source, deployed);
    restore();
    run(ExitStatus.OK, "functions", "delete", "greeter");
    run(ExitStatus.CHECK_FAILED, "functions", "describe", "greeter");
    assertTrue(errors().contains("ResourceNotFoundException (404): Function not found"), errors());
  }

  /** The same again changes nothing; other code is updated, and what was said before stays. */
  private void update(Path source, JsonNode before) throws Exception {
    JsonNode same = document("deploy", source.toString(), "--json");
    assertFalse(same.get("created").asBoolean());
    assertEquals(before.get("codeSha256"), same.get("codeSha256"));
    Files.writeString(source.resolve("app.py"), "def handler(event, context):\n  return 2\n");
    JsonNode changed = document("deploy", source.toString(), "--timeout=7", "--publish", "--json");
    assertNotEquals(before.get("codeSha256"), changed.get("codeSha256"));
    assertEquals("1", changed.get("version").asText());
    run(ExitStatus.OK, "invoke", "greeter");
    assertEquals("2\n", printed());
    run(ExitStatus.OK, "functions", "describe", "greeter");
    JsonNode configuration = MAPPER.readTree(printed()).get("Configuration");
    assertEquals(7, configuration.get("Timeout").asInt());
    assertEquals("blue", configuration.get("Environment").get("Variables").get("COLOUR").asText());
  }

  /** From a running server and from a folder that nobody uses: the copy serves the function. */
  private void restore() throws Exception {
    Path copy = folder.resolve("copy");
    Path second = folder.resolve("second");
    assertEquals(
        ExitStatus.OK, Main.execute("backup", copy.toString(), "--data=" + data), this::errors);
    assertEquals(
        ExitStatus.OK,
        execute("backup", second.toString(), "--data=" + copy, "--json"),
        this::errors);
    JsonNode document = MAPPER.readTree(output.toByteArray());
    assertEquals("ringmaster.backup/1", document.get("schema").asText());
    assertEquals(second.toString(), document.get("target").asText());
    try (Server restored = serve(second)) {
      assertEquals(
          ExitStatus.OK,
          Main.execute("invoke", "greeter:1", "--endpoint=" + restored.httpUrl()),
          this::errors);
    }
    assertEquals(
        ExitStatus.CHECK_FAILED,
        Main.execute("backup", copy.toString(), "--data=" + data),
        "it is there already");
  }

  @Test
  void aFunctionInvokesAnother() throws Exception {
    for (String name : List.of("greeter", "caller")) {
      Path source = Files.createDirectories(folder.resolve(name));
      Files.writeString(source.resolve("app.py"), name.equals("caller") ? CALLER : GREETER);
      run(ExitStatus.OK, "deploy", source.toString(), "--timeout=30");
    }
    run(ExitStatus.OK, "invoke", "caller", "{\"name\": \"there\"}");
    assertEquals("{\"relayed\": {\"hello\": \"there\"}}\n", printed());
  }

  @Test
  void whatCannotBeGuessedIsAskedFor() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.writeString(empty.resolve("readme.txt"), "nothing");
    run(ExitStatus.USAGE, "deploy", empty.toString());
    assertTrue(errors().contains("--runtime ID --handler HANDLER"), errors());
    Files.writeString(empty.resolve("a.py"), "def handler(e, c): pass\n");
    Files.writeString(empty.resolve("b.py"), "def handler(e, c): pass\n");
    run(ExitStatus.USAGE, "deploy", empty.toString());
    assertTrue(errors().contains("a.handler, b.handler; say which"), errors());
    run(ExitStatus.OK, "deploy", empty.toString(), "--handler=b.handler");
    run(ExitStatus.USAGE, "deploy", folder.resolve("missing").toString());
    run(ExitStatus.USAGE, "functions", "describe");
  }

  @Test
  void withoutAServerTheCommandSaysHowToStartOne() {
    assertEquals(ExitStatus.CHECK_FAILED, Main.execute("status", "--endpoint=http://127.0.0.1:1"));
    assertTrue(errors().contains("no server at http://127.0.0.1:1; start one"), errors());
  }

  /** As serve is told where to listen, the others are told where it does. */
  @Test
  void theServerIsFoundAsServeWasToldWhereToListen() throws Exception {
    String address = server.httpUrl().substring("http://".length());
    assertEquals(ExitStatus.OK, execute("functions", "--http=" + address), this::errors);
    Path file = folder.resolve("ringmaster.conf");
    Files.writeString(file, "http = " + address + "\n");
    assertEquals(ExitStatus.OK, execute("status", "--config=" + file), this::errors);
    assertTrue(printed().contains("ready at " + server.httpUrl()), this::printed);
    assertEquals(
        ExitStatus.OK,
        execute("status", "--http=127.0.0.1:1", "--endpoint=" + server.httpUrl()),
        "an endpoint is nearer");
    assertEquals(ExitStatus.USAGE, execute("status", "--http=nowhere"));
    assertTrue(errors().contains("must be HOST:PORT"), errors());
  }

  /** Until whoever reads it goes. */
  @Test
  void aLogIsFollowed() throws Exception {
    Path source = Files.createDirectories(folder.resolve("greeter"));
    Files.writeString(source.resolve("app.py"), GREETER);
    run(ExitStatus.OK, "deploy", source.toString());
    run(ExitStatus.OK, "invoke", "greeter", "{\"name\": \"before\"}");
    Reader reader = new Reader();
    System.setOut(new PrintStream(reader, true, StandardCharsets.UTF_8));
    FutureTask<Integer> following =
        new FutureTask<>(
            () -> Main.execute("logs", "-f", "greeter", "--endpoint=" + server.httpUrl()));
    Thread thread = Thread.ofPlatform().start(following);
    reader.awaitText("greeting before", this::errors);
    for (String name : List.of("first", "second")) {
      run(ExitStatus.OK, "invoke", "greeter", "{\"name\": \"" + name + "\"}");
      reader.awaitText("greeting " + name, this::errors);
    }
    reader.gone = true;
    run(ExitStatus.OK, "invoke", "greeter", "{\"name\": \"last\"}");
    assertEquals(ExitStatus.OK, following.get(30, TimeUnit.SECONDS));
    thread.join();
    assertEquals(1, reader.text().split("greeting before", -1).length - 1, "told once");
  }

  /** A terminal that may go away. */
  private static final class Reader extends OutputStream {
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    volatile boolean gone;

    @Override
    public synchronized void write(int each) throws IOException {
      if (gone) {
        throw new IOException("nobody reads");
      }
      seen.write(each);
    }

    synchronized String text() {
      return seen.toString(StandardCharsets.UTF_8);
    }

    void awaitText(String text, Supplier<String> errors) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!text().contains(text)) {
        assertTrue(System.nanoTime() < deadline, () -> text() + errors.get());
        Thread.sleep(20);
      }
    }
  }

  private static Set<String> fields(JsonNode document) {
    Set<String> names = new TreeSet<>();
    document.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> difference(Set<String> all, Set<String> without) {
    Set<String> left = new TreeSet<>(all);
    assertTrue(left.containsAll(without), () -> all + " has not all of " + without);
    left.removeAll(without);
    return left;
  }

  private int execute(String... arguments) {
    output.reset();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    return Main.execute(arguments);
  }

  private void run(int expected, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--endpoint=" + server.httpUrl());
    assertEquals(expected, execute(all.toArray(String[]::new)), this::errors);
  }

  private JsonNode document(String... arguments) throws Exception {
    return documentOf(ExitStatus.OK, arguments);
  }

  private JsonNode documentOf(int expected, String... arguments) throws Exception {
    run(expected, arguments);
    return MAPPER.readTree(output.toByteArray());
  }

  private String printed() {
    return output.toString(StandardCharsets.UTF_8);
  }

  private String errors() {
    return error.toString(StandardCharsets.UTF_8);
  }
}
