package io.ringmaster.conformance;

import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;

/** Against AWS's Python client. */
@Tag("built")
class PythonComparisonTest extends ComparisonChecks {
  private static final Path HANDLERS =
      Path.of("src", "test", "handlers", "python").toAbsolutePath();
  private static final Pattern CASE =
      Pattern.compile("^# (.*)\n(?:async )?def ([a-z_]+)\\(event, context\\)", Pattern.MULTILINE);

  /** Modules that fail on their own, and other ways to name a handler. */
  private static final List<Case> LOADING =
      List.of(
          new Case("not callable", "handlers.not_callable", "{}"),
          new Case("no such handler", "handlers.nowhere", "{}"),
          new Case("no such module", "nowhere.handler", "{}"),
          new Case("a handler without a dot", "handlers", "{}"),
          new Case("a syntax error", "broken.handler", "{}"),
          new Case("an error while loading", "fails.handler", "{}"),
          new Case("warm", "handlers.echo", List.of("1", "{\"a\":2}", "null"), null, null));

  /** Fewer of the stack's frames are the runtime's than are the client's. */
  private static final Pattern REPEATED = Pattern.compile("repeated \\d+ more times");

  /** And so the stack runs out elsewhere in the encoder, of which its words depend. */
  private static final Pattern TOO_DEEP =
      Pattern.compile(
          "(Unable to marshal response: maximum recursion depth exceeded) while [a-zA-Z ]+");

  private static final String NOT_CALLABLE =
      "200 Unhandled \\{\"errorMessage\": \"'int' object is not callable\", \"errorType\":"
          + " \"TypeError\", \"requestId\": \"REQUEST-ID\", \"stackTrace\": \\[\"  File"
          + " [^,]*%1$s[^,]*, line \\d+, in \\w+\\\\n"
          + "    [^,]*\\(event, \\w+\\)\\\\n"
          + "\"]}\n"
          + "\\[ERROR] TypeError: 'int' object is not callable\n"
          + ".*%1$s.*";

  private static final String INTERRUPTED =
      "200 Unhandled \\{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId:"
          + " REQUEST-ID Error: Runtime exited with error: signal: interrupt\"}\n"
          + "Traceback \\(most recent call last\\):\n"
          + "%s  File \"CODE/handlers.py\", line \\d+, in interrupts\n"
          + ".*\n"
          + "KeyboardInterrupt\n"
          + "RequestId: REQUEST-ID Error: Runtime exited with error: signal: interrupt\n"
          + "Runtime.ExitError";

  /** Argued in tools/docs/differences.md. */
  private static final Map<String, Difference> DIFFERENCES =
      Map.of(
          "not callable",
              new Difference(
                  NOT_CALLABLE.formatted("awslambdaric"),
                  NOT_CALLABLE.formatted("ringmaster_runtime")),
          "interrupts",
              new Difference(
                  INTERRUPTED.formatted("  File \"<frozen runpy>\", .*awslambdaric/bootstrap.py.*"),
                  INTERRUPTED.formatted("")));

  PythonComparisonTest() {
    super(Client.PYTHON, DIFFERENCES);
  }

  /** By the interpreter that the engine takes, which may be another of the same minor version. */
  @Override
  void addHandlers(Path code) throws IOException {
    Tools.copy(HANDLERS, code);
    if (Files.exists(code.resolve("bootstrap"))) {
      Path python = Runtimes.findFor(runtime(), RuntimeSettings.NONE).interpreter().executable();
      Tools.bootstrap(code, "'" + python + "' -m awslambdaric \"$_HANDLER\"");
    }
  }

  @Override
  String normal(String answer) {
    String normal = REPEATED.matcher(answer).replaceAll("repeated N more times");
    return TOO_DEEP.matcher(normal).replaceAll("$1");
  }

  @Override
  String runtime() throws IOException {
    Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
    String version =
        Tools.run(
            Tools.existing("python", "ours"),
            Map.of(),
            python.toString(),
            "-c",
            "import sys; print('%d.%d' % sys.version_info[:2])");
    return "python" + version.strip();
  }

  @Override
  List<Case> cases() throws IOException {
    List<Case> cases =
        new ArrayList<>(annotated(HANDLERS.resolve("handlers.py"), CASE, "handlers."));
    cases.addAll(LOADING);
    return cases;
  }
}
