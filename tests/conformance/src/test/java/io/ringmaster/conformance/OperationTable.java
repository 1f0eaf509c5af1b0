package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Lambda's operations, what they do here, and the step of the clients' script that shows it. */
record OperationTable(List<Row> rows) {
  static final Path PAGE = Path.of("..", "..", "tools", "docs", "operations.md");
  static final Set<String> STATES = Set.of("works", "stored", "not yet");

  /**
   * @param step null: none, as the operation is not there yet
   */
  record Row(
      String group,
      String operation,
      String method,
      String path,
      int status,
      String here,
      String step) {
    boolean served() {
      return !here.equals("not yet");
    }
  }

  static OperationTable read() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Packages.SCRIPTS.resolve("operations.txt"))) {
      if (!line.startsWith("#")) {
        String[] cells = line.split(" ?\\| ?", -1);
        String step = cells[6].isBlank() ? null : cells[6].strip();
        rows.add(
            new Row(
                cells[0],
                cells[1],
                cells[2],
                cells[3],
                Integer.parseInt(cells[4]),
                cells[5].strip(),
                step));
      }
    }
    return new OperationTable(rows);
  }

  Set<String> steps() {
    return rows.stream()
        .filter(Row::served)
        .map(Row::step)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The page of the documentation. */
  String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Operations of the Lambda API

            All %d operations of the API 2015-03-31, as `./ringmaster serve` has them today. Generated from
            `tests/conformance/src/test/server/operations.txt`, which the tests hold against the server's routes and against what
            AWS's clients did: *works* names the step that shows its effect, *stored* the step that creates, reads, updates and
            deletes it with AWS's fields while nothing acts on it yet, *not yet* is answered with 501 `NotImplementedException`.

            %s

            The steps are scripts of one function's life (`tests/conformance/src/test/server`), the same in each language: the AWS
            command line, boto3, AWS SDK for JavaScript v3 (full tier) and AWS SDK for Java v2 (every build).
            """
                .formatted(rows.size(), summary()));
    String group = "";
    for (Row row : rows) {
      if (!row.group.equals(group)) {
        group = row.group;
        page.append("\n## ")
            .append(group)
            .append("\n\n| operation | route | here | shown by |\n|---|---|---|---|\n");
      }
      page.append(
          "| %s | `%s %s` | %s | %s |\n"
              .formatted(
                  row.operation,
                  row.method,
                  row.path,
                  row.here,
                  row.step == null ? "" : "`" + row.step + "`"));
    }
    return page.toString();
  }

  private String summary() {
    return STATES.stream()
        .sorted()
        .map(state -> rows.stream().filter(row -> row.here.equals(state)).count() + " " + state)
        .collect(Collectors.joining(" · "));
  }
}
