package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.conformance.OperationTable.Row;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The table of operations against the documentation and the server's routes. */
@Timeout(120)
class OperationsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyOperationIsThereOnce() throws IOException {
    OperationTable table = OperationTable.read();
    Set<String> names = new HashSet<>();
    for (Row row : table.rows()) {
      assertTrue(names.add(row.operation()), row.operation() + " is there twice");
      assertTrue(OperationTable.STATES.contains(row.here()), row::toString);
      assertEquals(row.served(), row.step() != null, row::toString);
    }
    assertEquals(88, names.size());
  }

  /** {@code -Dringmaster.write=true} writes it. */
  @Test
  void thePageIsTheTables() throws IOException {
    String page = OperationTable.read().page();
    if (Boolean.getBoolean("ringmaster.write")) {
      Files.writeString(OperationTable.PAGE, page);
    }
    assertEquals(
        page,
        Files.readString(OperationTable.PAGE),
        "write it again: mvn -pl tests/conformance -am test -Dtest=OperationsTest"
            + " -Dringmaster.write=true");
  }

  /** What is not there yet says so, whatever it is asked; and nothing else does. */
  @Test
  void theServersRoutesAgree() throws Exception {
    List<String> wrong = new ArrayList<>();
    try (TestServer server = TestServer.open();
        HttpClient client = HttpClient.newHttpClient()) {
      for (Row row : OperationTable.read().rows()) {
        HttpResponse<String> answer = client.send(request(server, row), body());
        String type = answer.headers().firstValue("x-amzn-ErrorType").orElse("none");
        boolean said = answer.statusCode() == 501 && type.startsWith("NotImplementedException");
        if (said == row.served() || type.startsWith("UnknownOperation")) {
          wrong.add(
              "%s, %s here: %d %s %s"
                  .formatted(
                      row.operation(), row.here(), answer.statusCode(), type, answer.body()));
        }
        if (answer.statusCode() >= 400) {
          assertTrue(JSON.readTree(answer.body()).isObject(), answer::body);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static HttpRequest request(TestServer server, Row row) {
    String path =
        row.path()
            .replace("{FunctionName}", "no-such")
            .replace("{Name}", "no-such")
            .replace(
                "{Resource}", "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Anone")
            .replaceAll(
                "\\{\\w+Arn}", "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Anone")
            .replace("{VersionNumber}", "1")
            .replace("{UUID}", "0a0a0a0a-0000-4000-8000-000000000000")
            .replaceAll("\\{\\w+}", "none");
    String query =
        switch (row.operation()) {
          case "GetLayerVersionByArn" ->
              "&Arn=arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Alayer%3An%3A1";
          case "UntagResource" -> "?tagKeys=k";
          default -> "";
        };
    HttpRequest.BodyPublisher content =
        row.method().equals("GET") || row.method().equals("DELETE")
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString("{}");
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path + query))
        .method(row.method(), content)
        .build();
  }

  private static HttpResponse.BodyHandler<String> body() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
