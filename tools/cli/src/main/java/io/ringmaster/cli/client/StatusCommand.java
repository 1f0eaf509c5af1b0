package io.ringmaster.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Says what a running server holds: sandboxes, pools, concurrency, counters.")
public final class StatusCommand extends ServerCommand {
  @Option(names = "--json", description = "Print one JSON document, ringmaster.status/1.")
  private boolean json;

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, InterruptedException {
    Output output = Output.open(json);
    JsonNode status = api.call("GET", "/_ringmaster/status", null);
    output.line(
        status.path("phase").asText()
            + " at "
            + status.path("http").asText()
            + ", process "
            + status.path("pid").asLong()
            + ", level "
            + status.path("level").asText()
            + ", data in "
            + status.path("data").asText());
    JsonNode concurrency = status.path("concurrency");
    output.line(
        concurrency.path("inUse").asInt()
            + " of "
            + concurrency.path("limit").asInt()
            + " concurrent invocations");
    for (JsonNode account : concurrency.path("accounts")) {
      if (concurrency.path("accounts").size() > 1) {
        output.line(
            "  "
                + account.path("account").asText()
                + " in "
                + account.path("region").asText()
                + ": "
                + account.path("inUse").asInt()
                + " of "
                + account.path("limit").asInt());
      }
    }
    for (JsonNode sandbox : status.path("sandboxes")) {
      output.line(
          String.format(
              "  %-6s %-40s %-8s %-10s pid %-8d %d invocations",
              sandbox.path("id").asText(),
              sandbox.path("function").asText(),
              sandbox.path("version").asText(),
              sandbox.path("state").asText(),
              sandbox.path("pid").asLong(),
              sandbox.path("invocations").asLong()));
    }
    for (Map.Entry<String, JsonNode> counter : status.path("counters").properties()) {
      if (counter.getValue().asLong() != 0) {
        output.line(String.format("  %-24s %d", counter.getKey(), counter.getValue().asLong()));
      }
    }
    output.document(
        status.path("schema").asText(),
        out -> {
          for (Map.Entry<String, JsonNode> field : status.properties()) {
            if (!field.getKey().equals("schema")) {
              out.writeFieldName(field.getKey());
              out.writeRawValue(field.getValue().toString());
            }
          }
        });
    return ExitStatus.OK;
  }
}
