package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The same handlers for both releases of AWS's Node client. */
abstract class NodeComparison extends ComparisonChecks {
  private static final Path HANDLERS = Path.of("src", "test", "handlers", "node").toAbsolutePath();
  private static final Pattern CASE =
      Pattern.compile("^// (.*)\nexports\\.(\\w+) = ", Pattern.MULTILINE);

  /** Modules that fail on their own, and other ways to name a handler. */
  private static final List<Case> LOADING =
      List.of(
          new Case("a module", "module.handler", "{\"a\":1}"),
          new Case("not callable", "handlers.not_callable", "{}"),
          new Case("no such handler", "handlers.nowhere", "{}"),
          new Case("no such module", "nowhere.handler", "{}"),
          new Case("a handler without a dot", "handlers", "{}"),
          new Case("a handler that leads out", "../handlers.echo", "{}"),
          new Case("a syntax error", "broken.handler", "{}"),
          new Case("an error while loading", "fails.handler", "{}"),
          new Case("warm", "handlers.echo", List.of("1", "{\"a\":2}", "null"), null, null));

  /** Frames inside Node, inside AWS's client and inside our runtime. */
  private static final Pattern INNER_FRAMES =
      Pattern.compile(
          ",\"    at [^\"]*(node:|/var/runtime/|/aws-lambda-ric/)[^\"]*\"|(\n"
              + "|\\\\n"
              + ")    at ((?!\\\\n"
              + ")[^\"\n"
              + "])*(node:|/var/runtime/|/aws-lambda-ric/)((?!\\\\n"
              + ")[^\"\n"
              + "])*");

  /** By the time that AWS's client writes it, the refusal has ended the invocation. */
  private static final Pattern REFUSED_LINE =
      Pattern.compile(
          "\n\\[ERROR] \\[\\d{13}] LAMBDA_RUNTIME Failed to post handler success response\\."
              + " Http response code: 4\\d\\d\\.");

  /** Argued in tools/docs/differences.md. */
  static final Map<String, Difference> DIFFERENCES =
      Map.of(
          "streams_throws_much_later",
              new Difference(
                  "200 null x",
                  "200 null x\n"
                      + "TIME\tREQUEST-ID\tERROR\tInvoke Error "
                      + "\t\\{\"errorType\":\"RangeError\",.*"),
          "streams_destroyed",
              new Difference(
                  "200 Unhandled \\{\"errorMessage\":\"HTTP request detected as truncated\","
                      + "\"errorType\":\"Runtime.TruncatedResponse\"}.*",
                  "200 Unhandled"
                      + " \\{\"errorType\":\"Error\",\"errorMessage\":\"broken\",\"trace\":\\[\"Error:"
                      + " broken\",.*"));

  NodeComparison(Client client, Map<String, Difference> differences) {
    super(client, differences);
  }

  @Override
  void addHandlers(Path code) throws IOException {
    Tools.copy(HANDLERS, code);
  }

  @Override
  String runtime() throws IOException {
    String major =
        Tools.run(
                Tools.existing("node", "ours"),
                Map.of(),
                "node",
                "-p",
                "parseInt(process.versions.node)")
            .strip();
    return "nodejs" + Math.min(22, Integer.parseInt(major)) + ".x";
  }

  @Override
  List<Case> cases() throws IOException {
    List<Case> cases =
        new ArrayList<>(annotated(HANDLERS.resolve("handlers.js"), CASE, "handlers."));
    cases.addAll(LOADING);
    return cases;
  }

  @Override
  String normal(String answer) {
    String normal =
        answer
            .replace("CODE/node_modules/aws-lambda-ric/dist/index.mjs", "/var/runtime/index.mjs")
            .replace("CODE/node_modules/aws-lambda-ric/index.mjs", "/var/runtime/index.mjs");
    normal = REFUSED_LINE.matcher(normal).replaceAll("");
    return INNER_FRAMES.matcher(normal).replaceAll("");
  }
}
