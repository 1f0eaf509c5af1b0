package io.ringmaster.cli.client;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code invoke}. */
@Command(
    name = "invoke",
    mixinStandardHelpOptions = true,
    description = {
      "Invokes a function of a running server and prints its answer.",
      "Exit status 1: the function failed, or the invocation was refused."
    })
public final class InvokeCommand extends ServerCommand {
  static final String SCHEMA = "ringmaster.invoke/1";
  private static final List<String> PHASES = List.of("queue", "bind", "init", "invoke");

  @Parameters(index = "0", paramLabel = "NAME", description = "Name, name:qualifier or ARN.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "EVENT",
      arity = "0..1",
      description = "The event: JSON, @FILE, or - for standard input (default: {}).")
  private String event = "{}";

  @Option(names = "--qualifier", paramLabel = "Q", description = "Version or alias.")
  private String qualifier;

  @Option(names = "--log", description = "Show the log's last 4 KiB on standard error.")
  private boolean log;

  @Option(names = "--async", description = "Have it run later, and do not wait.")
  private boolean async;

  @Option(names = "--client-context", paramLabel = "JSON", description = "For mobile handlers.")
  private String clientContext;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.invoke/1.")
  private boolean json;

  @Override
  protected int run(LambdaApi api) throws IOException, InterruptedException, LambdaApiException {
    Output output = Output.open(json);
    Map<String, String> headers = new HashMap<>();
    headers.put("X-Ringmaster-Details", "1");
    if (async) {
      headers.put("X-Amz-Invocation-Type", "Event");
    } else if (log || json) {
      headers.put("X-Amz-Log-Type", "Tail");
    }
    if (clientContext != null) {
      headers.put(
          "X-Amz-Client-Context",
          Base64.getEncoder().encodeToString(clientContext.getBytes(StandardCharsets.UTF_8)));
    }
    String path =
        "/2015-03-31/functions/"
            + LambdaApi.segment(name)
            + "/invocations"
            + (qualifier == null ? "" : "?Qualifier=" + LambdaApi.segment(qualifier));
    HttpResponse<byte[]> response;
    try {
      response = api.send("POST", path, payload(), headers);
    } catch (LambdaApiException e) {
      if (e.statusCode() == 0) {
        throw e;
      }
      output.document(SCHEMA, out -> writeRefusal(out, e));
      throw e;
    }
    Answer answer = new Answer(response);
    if (log && answer.logTail() != null) {
      System.err.print(answer.logTail());
    }
    if (!json) {
      output.line(new String(response.body(), StandardCharsets.UTF_8));
    }
    output.document(SCHEMA, answer::write);
    if (answer.functionError() == null) {
      return ExitStatus.OK;
    }
    System.err.println("ringmaster invoke: the function failed: " + answer.functionError());
    return ExitStatus.CHECK_FAILED;
  }

  private byte[] payload() throws IOException {
    if (event.equals("-")) {
      return System.in.readAllBytes();
    }
    return event.startsWith("@")
        ? Files.readAllBytes(Path.of(event.substring(1)))
        : event.getBytes(StandardCharsets.UTF_8);
  }

  private static void writeRefusal(JsonGenerator out, LambdaApiException refusal)
      throws IOException {
    out.writeNumberField("statusCode", refusal.statusCode());
    out.writeNullField("functionError");
    out.writeNullField("executedVersion");
    out.writeStringField("requestId", refusal.requestId());
    out.writeNullField("payload");
    out.writeObjectFieldStart("timingsUs");
    for (String phase : PHASES) {
      out.writeNumberField(phase, 0);
    }
    out.writeEndObject();
    out.writeNumberField("billedMs", 0);
    out.writeNumberField("maxMemoryMb", 0);
    out.writeBooleanField("coldStart", false);
    out.writeNullField("logTail");
    out.writeObjectFieldStart("refusal");
    out.writeStringField("code", refusal.code());
    out.writeStringField("message", refusal.getMessage());
    out.writeEndObject();
  }

  /** What came back, with what the server says about it. */
  private record Answer(HttpResponse<byte[]> response) {
    private HttpHeaders headers() {
      return response.headers();
    }

    String functionError() {
      return headers().firstValue("X-Amz-Function-Error").orElse(null);
    }

    String logTail() {
      return headers()
          .firstValue("X-Amz-Log-Result")
          .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
          .orElse(null);
    }

    void write(JsonGenerator out) throws IOException {
      out.writeNumberField("statusCode", response.statusCode());
      out.writeStringField("functionError", functionError());
      out.writeStringField(
          "executedVersion", headers().firstValue("X-Amz-Executed-Version").orElse(null));
      out.writeStringField("requestId", headers().firstValue("x-amzn-RequestId").orElse(null));
      out.writeFieldName("payload");
      writePayload(out);
      out.writeObjectFieldStart("timingsUs");
      String timings = headers().firstValue("X-Ringmaster-Timings").orElse("");
      for (String part : timings.split(",")) {
        String[] words = part.strip().split("=");
        if (words.length == 2) {
          out.writeNumberField(words[0], Double.parseDouble(words[1]));
        }
      }
      out.writeEndObject();
      number(out, "billedMs", "X-Ringmaster-Billed-Ms");
      number(out, "maxMemoryMb", "X-Ringmaster-Max-Memory-Mb");
      out.writeBooleanField(
          "coldStart", headers().firstValue("X-Ringmaster-Cold-Start").orElse("").equals("true"));
      out.writeStringField("logTail", logTail());
    }

    /** As JSON, which it nearly always is; else as the text of it. */
    private void writePayload(JsonGenerator out) throws IOException {
      byte[] body = response.body();
      if (body.length == 0) {
        out.writeNull();
        return;
      }
      try {
        out.writeRawValue(LambdaApi.MAPPER.readTree(body).toString());
      } catch (com.fasterxml.jackson.core.JsonProcessingException notJson) {
        out.writeString(new String(body, StandardCharsets.UTF_8));
      }
    }

    private void number(JsonGenerator out, String field, String header) throws IOException {
      out.writeNumberField(field, headers().firstValueAsLong(header).orElse(0));
    }
  }
}
