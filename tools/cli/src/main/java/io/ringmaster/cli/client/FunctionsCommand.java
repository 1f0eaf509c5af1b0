package io.ringmaster.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code functions}. */
@Command(
    name = "functions",
    mixinStandardHelpOptions = true,
    description = "Lists the functions of a running server, describes one, or deletes one.")
public final class FunctionsCommand extends ServerCommand {
  private static final String FUNCTIONS = "/2015-03-31/functions";

  @Parameters(
      index = "0",
      paramLabel = "list|describe|delete",
      arity = "0..1",
      description = "What to do (default: list).")
  private Action action = Action.list;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      arity = "0..1",
      description = "Which one; not for list.")
  private String name;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.functions/1.")
  private boolean json;

  private enum Action {
    list,
    describe,
    delete
  }

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, InterruptedException {
    if ((action == Action.list) != (name == null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), name == null ? "say which function" : "list takes no name");
    }
    Output output = Output.open(json);
    List<JsonNode> functions =
        switch (action) {
          case list -> all(api);
          case describe ->
              List.of(api.call("GET", FUNCTIONS + "/" + LambdaApi.segment(name), null));
          case delete -> {
            api.call("DELETE", FUNCTIONS + "/" + LambdaApi.segment(name), null);
            yield List.of();
          }
        };
    if (action == Action.list) {
      functions.forEach(function -> output.line(line(function)));
    } else {
      functions.forEach(function -> output.line(function.toPrettyString()));
    }
    output.document(
        "ringmaster.functions/1",
        out -> {
          out.writeArrayFieldStart("functions");
          for (JsonNode function : functions) {
            out.writeRawValue(function.toString());
          }
          out.writeEndArray();
        });
    return ExitStatus.OK;
  }

  private static List<JsonNode> all(LambdaApi api) throws LambdaApiException, InterruptedException {
    List<JsonNode> functions = new ArrayList<>();
    String marker = "";
    do {
      String path = marker.isEmpty() ? "" : "?Marker=" + LambdaApi.segment(marker);
      JsonNode page = api.call("GET", FUNCTIONS + path, null);
      page.path("Functions").forEach(functions::add);
      marker = page.path("NextMarker").asText("");
    } while (!marker.isEmpty());
    return functions;
  }

  private static String line(JsonNode function) {
    return String.format(
        "%-40s %-16s %5d MB %4d s  %s",
        function.path("FunctionName").asText(),
        function.path("Runtime").asText("-"),
        function.path("MemorySize").asInt(),
        function.path("Timeout").asInt(),
        function.path("LastModified").asText());
  }
}
