package io.ringmaster.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ringmaster.cli.client.LambdaApi;
import io.ringmaster.cli.client.LambdaApiException;
import io.ringmaster.cli.client.ServerCommand;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code deploy}. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a function of a folder, a zip or a jar on a running server, or updates it, and waits",
      "until it is active. What is not said is guessed from the files, and told."
    })
public final class DeployCommand extends ServerCommand {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String FUNCTIONS = "/2015-03-31/functions";
  private static final long ACTIVE_NS = TimeUnit.MINUTES.toNanos(2);
  private static final long POLL_MS = 50;
  private static final int NAME_MAX = 64;
  private static final int NOT_FOUND = 404;

  @Parameters(paramLabel = "DIR|ZIP|JAR", description = "The function's files.")
  private Path path;

  @Option(names = "--name", paramLabel = "NAME", description = "Name (default: the file's name).")
  private String name;

  @Option(names = "--runtime", paramLabel = "ID", description = "Such as python3.13.")
  private String runtime;

  @Option(names = "--handler", paramLabel = "HANDLER", description = "Such as app.handler.")
  private String handler;

  @Option(
      names = "--role",
      paramLabel = "ARN",
      description = "Execution role (default: one that nobody checks).")
  private String role;

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "1 to 900 (default: 3).")
  private Integer timeout;

  @Option(names = "--memory", paramLabel = "MB", description = "128 to 10240 (default: 128).")
  private Integer memory;

  @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable; may be repeated.")
  private Map<String, String> environment;

  @Option(names = "--layer", paramLabel = "ARN", description = "A layer; may be repeated.")
  private List<String> layers;

  @Option(names = "--description", paramLabel = "TEXT", description = "What it does.")
  private String description;

  @Option(names = "--architecture", paramLabel = "ARCH", description = "x86_64 or arm64.")
  private String architecture;

  @Option(names = "--publish", description = "Publish a version.")
  private boolean publish;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.deploy/1.")
  private boolean json;

  private Output output;

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, IOException, InterruptedException {
    output = Output.open(json);
    if (!Files.exists(path)) {
      throw new CommandLine.ParameterException(spec.commandLine(), "there is no " + path);
    }
    if (name == null) {
      name = nameOf(path);
      output.progress("name: " + name + " (from the path; --name NAME says another)");
    }
    DeploymentFiles files =
        Files.isDirectory(path)
            ? DeploymentFiles.folder(path)
            : DeploymentFiles.archive(path, runtime == null || handler == null);
    output.progress(
        String.format("%s: a package of %,d bytes", path.getFileName(), files.zip().length));
    JsonNode present = present(api);
    if (runtime == null || handler == null) {
      guess(files, present);
    }
    JsonNode result =
        present == null ? create(api, files.zip()) : update(api, files.zip(), present);
    JsonNode active = await(api);
    output.progress(name + " is active");
    report(result, active, present == null);
    return ExitStatus.OK;
  }

  /** Null: there is no such function. */
  private JsonNode present(LambdaApi api) throws LambdaApiException, InterruptedException {
    try {
      return api.call("GET", function("/configuration"), null);
    } catch (LambdaApiException e) {
      if (e.statusCode() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private void guess(DeploymentFiles files, JsonNode present) {
    List<HandlerGuess> guesses =
        HandlerGuess.of(files).stream()
            .filter(each -> runtime == null || sameFamily(runtime, each.runtime()))
            .filter(each -> handler == null || handler.equals(each.handler()))
            .toList();
    if (present != null && guesses.size() != 1) {
      // What it was it stays.
      runtime = runtime == null ? present.path("Runtime").asText() : runtime;
      handler = handler == null ? present.path("Handler").asText() : handler;
      output.progress("runtime and handler as they were: " + runtime + ", " + handler);
      return;
    }
    if (guesses.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "nothing in "
              + path
              + " looks like a handler (Python, Node, Ruby, Java, or a file bootstrap); say it:"
              + " --runtime ID --handler HANDLER");
    }
    if (guesses.size() > 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "several handlers are possible: "
              + guesses.stream().map(HandlerGuess::handler).collect(Collectors.joining(", "))
              + "; say which: --handler HANDLER");
    }
    HandlerGuess guess = guesses.getFirst();
    String why = " (guessed: " + guess.why() + "; ";
    if (runtime == null) {
      runtime =
          present != null && sameFamily(present.path("Runtime").asText(), guess.runtime())
              ? present.path("Runtime").asText()
              : guess.runtime();
      output.progress("runtime: " + runtime + why + "--runtime ID says another)");
    }
    if (handler == null) {
      handler = guess.handler();
      output.progress("handler: " + handler + why + "--handler HANDLER says another)");
    }
  }

  private static boolean sameFamily(String one, String other) {
    return one.replaceFirst("[0-9.].*", "").equals(other.replaceFirst("[0-9.].*", ""));
  }

  private JsonNode create(LambdaApi api, byte[] zip)
      throws LambdaApiException, InterruptedException {
    output.progress("creating " + name);
    ObjectNode body = configuration();
    body.put("FunctionName", name);
    body.put("Role", role == null ? "arn:aws:iam::123456789012:role/ringmaster-functions" : role);
    body.putObject("Code").put("ZipFile", Base64.getEncoder().encodeToString(zip));
    body.put("Publish", publish);
    if (architecture != null) {
      body.putArray("Architectures").add(architecture);
    }
    return api.call("POST", FUNCTIONS, body);
  }

  /** Configuration first where it changes: the code may need it; then the code. */
  private JsonNode update(LambdaApi api, byte[] zip, JsonNode present)
      throws LambdaApiException, InterruptedException {
    ObjectNode configuration = configuration();
    if (role != null) {
      configuration.put("Role", role);
    }
    await(api);
    ObjectNode code = MAPPER.createObjectNode();
    code.put("ZipFile", Base64.getEncoder().encodeToString(zip));
    if (architecture != null) {
      code.putArray("Architectures").add(architecture);
    }
    if (changes(configuration, present)) {
      // A package that is refused must not leave the new configuration over the old code.
      api.call("PUT", function("/code"), code.deepCopy().put("DryRun", true));
      output.progress("updating the configuration of " + name);
      api.call("PUT", function("/configuration"), configuration);
      await(api);
    }
    output.progress("updating the code of " + name);
    return api.call("PUT", function("/code"), code.put("Publish", publish));
  }

  private static boolean changes(ObjectNode wanted, JsonNode present) {
    for (Map.Entry<String, JsonNode> field : wanted.properties()) {
      JsonNode is = present.path(field.getKey());
      if (field.getKey().equals("Layers") || !field.getValue().equals(is)) {
        return true;
      }
    }
    return false;
  }

  /** What was said, with what was guessed. */
  private ObjectNode configuration() {
    ObjectNode body = MAPPER.createObjectNode();
    body.put("Runtime", runtime);
    body.put("Handler", handler);
    if (timeout != null) {
      body.put("Timeout", timeout);
    }
    if (memory != null) {
      body.put("MemorySize", memory);
    }
    if (description != null) {
      body.put("Description", description);
    }
    if (environment != null) {
      ObjectNode variables = body.putObject("Environment").putObject("Variables");
      new LinkedHashMap<>(environment).forEach(variables::put);
    }
    if (layers != null) {
      layers.forEach(body.putArray("Layers")::add);
    }
    return body;
  }

  /** Until it is active and no update runs. */
  private JsonNode await(LambdaApi api) throws LambdaApiException, InterruptedException {
    long startNs = System.nanoTime();
    long toldNs = startNs;
    while (true) {
      JsonNode now = api.call("GET", function("/configuration"), null);
      String state = now.path("State").asText();
      String update = now.path("LastUpdateStatus").asText();
      if (state.equals("Failed") || update.equals("Failed")) {
        throw new LambdaApiException(
            0,
            "",
            name
                + ": "
                + now.path("StateReason").asText(now.path("LastUpdateStatusReason").asText()));
      }
      boolean settled = state.equals("Active") || state.equals("Inactive");
      if (settled && !update.equals("InProgress")) {
        return now;
      }
      if (System.nanoTime() - startNs > ACTIVE_NS) {
        throw new LambdaApiException(0, "", name + " is still " + state + " after two minutes");
      }
      if (System.nanoTime() - toldNs > TimeUnit.SECONDS.toNanos(2)) {
        toldNs = System.nanoTime();
        output.progress("waiting: " + state + (update.isEmpty() ? "" : ", update " + update));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private void report(JsonNode result, JsonNode active, boolean created) {
    String arn = result.path("FunctionArn").asText();
    output.line(arn + (publish ? ", version " + result.path("Version").asText() : ""));
    output.document(
        "ringmaster.deploy/1",
        out -> {
          out.writeStringField("functionName", name);
          out.writeStringField("functionArn", arn);
          out.writeStringField("version", result.path("Version").asText());
          out.writeStringField("runtime", active.path("Runtime").asText());
          out.writeStringField("handler", active.path("Handler").asText());
          out.writeStringField("codeSha256", result.path("CodeSha256").asText());
          out.writeBooleanField("created", created);
          out.writeStringField("state", active.path("State").asText());
        });
  }

  private String function(String rest) {
    return FUNCTIONS + "/" + LambdaApi.segment(name) + rest;
  }

  /** The last part of the path, without what a function's name must not have. */
  private static String nameOf(Path path) throws IOException {
    String file = path.toRealPath().getFileName().toString();
    String name =
        file.replaceFirst("\\.(zip|jar)$", "")
            .replaceAll("[^a-zA-Z0-9-_]+", "-")
            .replaceAll("^-+", "");
    return name.isEmpty() ? "function" : name.substring(0, Math.min(NAME_MAX, name.length()));
  }
}
