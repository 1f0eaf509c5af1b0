package io.ringmaster.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dlq}. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    description = {
      "Dead letters: asynchronous invocations that ended with nobody to be told, neither a",
      "destination nor a dead-letter queue. Lists, shows, redrives (runs or delivers them again)",
      "and purges them."
    })
public final class DlqCommand extends ServerCommand {
  private static final String PATH = "/_ringmaster/dlq";
  private static final int LISTED_MAX = 1_000;

  @Parameters(
      index = "0",
      paramLabel = "list|show|redrive|purge",
      arity = "0..1",
      defaultValue = "list",
      description = "What to do (default: list).")
  private String action;

  @Parameters(index = "1..*", paramLabel = "ID", description = "Which dead letters.")
  private List<String> ids = List.of();

  @Option(names = "--function", paramLabel = "NAME", description = "Those of a function.")
  private String function;

  @Option(names = "--all", description = "All of them, to redrive or to purge.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.dlq/1.")
  private boolean json;

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, InterruptedException {
    Output output = Output.open(json);
    JsonNode answer =
        switch (action) {
          case "list" -> list(api, output);
          case "show" -> show(api, output);
          case "redrive", "purge" -> act(api, output);
          default -> throw wrong("say list, show, redrive or purge");
        };
    output.document(
        "ringmaster.dlq/1",
        out -> {
          for (Map.Entry<String, JsonNode> field : answer.properties()) {
            if (!field.getKey().equals("schema")) {
              out.writeFieldName(field.getKey());
              out.writeRawValue(field.getValue().toString());
            }
          }
        });
    return ExitStatus.OK;
  }

  private JsonNode list(LambdaApi api, Output output)
      throws LambdaApiException, InterruptedException {
    String filter = function == null ? "" : "&function=" + LambdaApi.segment(function);
    JsonNode answer = api.call("GET", PATH + "?max=" + LISTED_MAX + filter, null);
    for (JsonNode letter : answer.path("letters")) {
      String to = letter.path("destination").asText("");
      output.line(
          String.format(
              "%-12s %s  %s  %s%s",
              letter.path("id").asText(),
              letter.path("ended").asText(),
              letter.path("requestId").asText(),
              letter.path("functionArn").asText(),
              letter.path("destination").isNull() ? "" : " → " + to));
    }
    if (!answer.path("next").isNull()) {
      output.line("… and more");
    }
    return answer;
  }

  private JsonNode show(LambdaApi api, Output output)
      throws LambdaApiException, InterruptedException {
    if (ids.size() != 1) {
      throw wrong("say which one: dlq show ID");
    }
    JsonNode letter = api.call("GET", PATH + '/' + LambdaApi.segment(ids.get(0)), null);
    for (Map.Entry<String, JsonNode> field : letter.properties()) {
      if (!field.getKey().equals("schema") && !field.getValue().isNull()) {
        output.line(String.format("%-13s %s", field.getKey(), field.getValue().asText()));
      }
    }
    return letter;
  }

  private JsonNode act(LambdaApi api, Output output)
      throws LambdaApiException, InterruptedException {
    int ways = (ids.isEmpty() ? 0 : 1) + (function == null ? 0 : 1) + (all ? 1 : 0);
    if (ways != 1) {
      throw wrong("say which: IDs, --function NAME or --all");
    }
    String which =
        all
            ? "all=true"
            : function == null
                ? "id=" + LambdaApi.segment(String.join(",", ids))
                : "function=" + LambdaApi.segment(function);
    JsonNode answer = api.call("POST", PATH + '/' + action + '?' + which, null);
    output.line(answer.path("count").asInt() + (action.equals("purge") ? " purged" : " redriven"));
    return answer;
  }

  private CommandLine.ParameterException wrong(String text) {
    return new CommandLine.ParameterException(spec.commandLine(), text);
  }
}
