package io.ringmaster.cli.demo;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LambdaException;
import io.ringmaster.cli.output.Output;
import io.ringmaster.sandbox.linux.runtimes.RuntimeFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** The course of the demonstration. Main thread only. */
final class Demo {
  /** Any Python will do for the question which one there is. */
  private static final String PYTHON_ASKED = "python3.13";

  private static final Pattern PYTHON_VERSION =
      Pattern.compile("\"?[A-Za-z]+ 3\\.([0-9]{1,2})\\..*", Pattern.DOTALL);
  private static final int WARM_MAX = 2_000;
  private static final long WARM_NS = 400_000_000L;
  private static final long READY_WAIT_NS = 5_000_000_000L;
  private static final double NS_PER_US = 1_000.0;

  private final Output output;
  private final double seconds;
  private final Set<String> required;
  private final Leftovers leftovers = new Leftovers();
  private final List<DemoReport.Row> rows = new ArrayList<>();
  private final List<DemoReport.Absent> absent = new ArrayList<>();
  private boolean functionErrorHandled;
  private boolean timeoutHandled;
  private String level = "none";

  Demo(Output output, double seconds, Set<String> required) {
    this.output = output;
    this.seconds = seconds;
    this.required = required;
  }

  DemoReport run() throws InterruptedException {
    output.progress("opening an engine in a temporary folder");
    try (Engine engine = Engine.open(EngineConfig.defaults())) {
      play(engine);
      leftovers.lookAtProcesses();
      output.progress("closing the engine");
    }
    Leftovers.Count left = leftovers.count();
    boolean processRan = rows.stream().anyMatch(row -> !row.runtime().equals(FunctionSpec.IN_JVM));
    boolean ok =
        processRan
            && functionErrorHandled
            && timeoutHandled
            && left.nothing()
            && rows.stream().allMatch(row -> row.errors() == 0 && row.invocations() > 0)
            && absent.stream().noneMatch(each -> required.contains(each.runtime()));
    return new DemoReport(
        ok,
        level,
        List.copyOf(rows),
        functionErrorHandled,
        timeoutHandled,
        List.copyOf(absent),
        left);
  }

  private void play(Engine engine) throws InterruptedException {
    String interpreter = askInterpreter(engine);
    level = engine.status().level();
    String runtime = runtimeOf(interpreter);
    List<DemoPrograms.Program> programs = new ArrayList<>();
    if (interpreter != null) {
      for (DemoFunction function : DemoFunction.python(runtime)) {
        programs.add(new DemoPrograms.Program(function, interpreter));
      }
    }
    DemoPrograms others = DemoPrograms.find(output);
    programs.addAll(others.programs());
    programs.add(new DemoPrograms.Program(DemoFunction.shout(), "this JVM"));
    absent.addAll(others.absent());
    long shareNs = (long) (seconds * 1e9 / programs.size());
    for (DemoPrograms.Program program : programs) {
      rows.add(measure(engine, program.function(), program.interpreter(), shareNs));
      leftovers.lookAtProcesses();
    }
    if (interpreter != null) {
      engine.functions().create(DemoFunction.python("trouble", runtime).timeoutSeconds(1).build());
      functionErrorHandled = showFunctionError(engine);
      timeoutHandled = showTimeout(engine);
    }
  }

  /** What runs Python here: the first result; null if nothing does. */
  private String askInterpreter(Engine engine) {
    try {
      engine.functions().create(DemoFunction.python("interpreter", PYTHON_ASKED).build());
      InvocationResult result = engine.invoke(InvokeRequest.of("demo-interpreter", "{}"));
      if (result.succeeded()) {
        String text = result.payloadText();
        output.progress("first result: " + text);
        return text.substring(1, text.length() - 1);
      }
      output.progress("Python does not run here: " + describe(result));
    } catch (LambdaException e) {
      output.progress("Python does not run here: " + e.getMessage());
    }
    absent.add(new DemoReport.Absent("python", RuntimeFamily.PYTHON.install()));
    return null;
  }

  private static String runtimeOf(String interpreter) {
    Matcher matcher = PYTHON_VERSION.matcher(interpreter == null ? "" : interpreter);
    int minor = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    return minor >= 10 && minor <= 14 ? "python3." + minor : PYTHON_ASKED;
  }

  private DemoReport.Row measure(
      Engine engine, DemoFunction function, String interpreter, long loadNs)
      throws InterruptedException {
    engine.functions().create(function.spec());
    if (function.process()) {
      awaitGenericSandbox(engine, function.spec().runtime());
    }
    long errors = 0;
    long number = 0;
    long startNs = System.nanoTime();
    errors += invokeOnce(engine, function, number++);
    long coldNs = System.nanoTime() - startNs;

    Histogram warm = new Histogram(3);
    long warmEndNs = System.nanoTime() + Math.min(WARM_NS, loadNs);
    do {
      startNs = System.nanoTime();
      errors += invokeOnce(engine, function, number++);
      warm.recordValue(System.nanoTime() - startNs);
    } while (warm.getTotalCount() < WARM_MAX && System.nanoTime() - warmEndNs < 0);

    int concurrency = Math.max(2, Runtime.getRuntime().availableProcessors());
    output.progress(
        String.format(
            "%s: cold %.2f ms, warm %.1f us; %d calls at once for %.1f s …",
            function.name(),
            coldNs / 1e6,
            warm.getValueAtPercentile(50) / NS_PER_US,
            concurrency,
            loadNs / 1e9));
    Load.Outcome load = Load.run(engine, function, concurrency, loadNs, number);
    return new DemoReport.Row(
        function.name(),
        function.spec().runtime(),
        interpreter,
        coldNs / NS_PER_US,
        warm.getValueAtPercentile(50) / NS_PER_US,
        warm.getValueAtPercentile(99) / NS_PER_US,
        load.perSecond(),
        number + load.invocations(),
        errors + load.errors());
  }

  /** A cold start is measured from a pool that is ready, as it is in an engine that serves. */
  private static void awaitGenericSandbox(Engine engine, String runtime)
      throws InterruptedException {
    long endNs = System.nanoTime() + READY_WAIT_NS;
    while (!runtime.startsWith("provided")
        && engine.status().genericSandboxes().getOrDefault(runtime, 0) == 0
        && System.nanoTime() - endNs < 0) {
      Thread.sleep(1);
    }
  }

  private int invokeOnce(Engine engine, DemoFunction function, long number) {
    InvocationResult result =
        engine.invoke(InvokeRequest.of(function.name(), function.events().event(number)));
    boolean right = result.succeeded() && function.check().right(number, result.payloadText());
    if (!right) {
      output.progress(function.name() + " gave a wrong answer: " + describe(result));
    }
    return right ? 0 : 1;
  }

  private boolean showFunctionError(Engine engine) {
    InvocationResult error = trouble(engine, "raise");
    InvocationResult next = trouble(engine, "nothing");
    boolean handled =
        "Unhandled".equals(error.functionError())
            && error.payloadText().contains("\"ValueError\"")
            && next.succeeded();
    output.progress(
        "function error " + (handled ? "handled: " : "NOT handled: ") + describe(error));
    return handled;
  }

  private boolean showTimeout(Engine engine) {
    InvocationResult error = trouble(engine, "sleep");
    InvocationResult next = trouble(engine, "nothing");
    boolean handled =
        "Unhandled".equals(error.functionError())
            && error.payloadText().contains("timed out after 1.00 seconds")
            && next.succeeded();
    output.progress("time-out " + (handled ? "handled: " : "NOT handled: ") + describe(error));
    return handled;
  }

  private static InvocationResult trouble(Engine engine, String what) {
    return engine.invoke(InvokeRequest.of("demo-trouble", "{\"do\": \"" + what + "\"}"));
  }

  private static String describe(InvocationResult result) {
    return result.refusal() == null
        ? result.payloadText()
        : result.refusal().statusCode()
            + " "
            + result.refusal().code()
            + ": "
            + result.refusal().message();
  }
}
