package io.ringmaster.cli.demo;

import io.ringmaster.cli.output.Output;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The programs beside Python's: which of them can run on this machine, and what is absent. Main
 * thread only.
 */
final class DemoPrograms {
  /** A program and what runs it. */
  record Program(DemoFunction function, String interpreter) {}

  private static final List<String> SYSTEM = List.of("/usr/bin", "/bin");

  private final Output output;
  private final List<Program> programs = new ArrayList<>();
  private final List<DemoReport.Absent> absent = new ArrayList<>();

  private DemoPrograms(Output output) {
    this.output = output;
  }

  /** Looks for interpreters and tool chains, and builds what has to be built. */
  static DemoPrograms find(Output output) throws InterruptedException {
    DemoPrograms found = new DemoPrograms(output);
    Map<String, Supplier<DemoFunction>> interpreted = new java.util.LinkedHashMap<>();
    interpreted.put("node", DemoFunction::words);
    interpreted.put("java", DemoFunction::checksum);
    interpreted.put("ruby", DemoFunction::reverse);
    interpreted.forEach((family, function) -> found.interpreted(family, function.get()));
    found.shell();
    found.go();
    return found;
  }

  private void interpreted(String family, DemoFunction function) {
    RuntimeMatch match = Runtimes.findFor(function.spec().runtime(), RuntimeSettings.NONE);
    if (match.interpreter() == null) {
      absent.add(new DemoReport.Absent(family, match.reason()));
    } else {
      programs.add(new Program(function, family + " " + match.interpreter().version()));
    }
  }

  private void shell() {
    if (Executables.find("curl", SYSTEM) == null) {
      absent.add(
          new DemoReport.Absent(
              "provided", "curl, for the runtime in shell (Debian, Ubuntu: apt-get install curl)"));
    } else {
      programs.add(new Program(DemoFunction.shell(), "sh and curl"));
    }
  }

  private void go() throws InterruptedException {
    Path go = GoProgram.toolChain();
    if (go == null) {
      absent.add(
          new DemoReport.Absent(
              "go",
              "a Go tool chain, for the program in Go (Debian, Ubuntu: apt-get install golang)"));
      return;
    }
    output.progress("building the program in Go");
    try {
      programs.add(new Program(DemoFunction.go(GoProgram.build(go)), "a Go executable"));
    } catch (IOException e) {
      absent.add(new DemoReport.Absent("go", e.getMessage()));
    }
  }

  List<Program> programs() {
    return programs;
  }

  List<DemoReport.Absent> absent() {
    return absent;
  }
}
