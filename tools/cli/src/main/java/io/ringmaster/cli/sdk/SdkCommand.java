package io.ringmaster.cli.sdk;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeFamily;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSdk;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdk}. */
@Command(
    name = "sdk",
    mixinStandardHelpOptions = true,
    description = {
      "The AWS SDKs that Lambda's runtimes bring: boto3 for Python, @aws-sdk for Node.",
      "Functions find them behind what their package and layers bring."
    })
public final class SdkCommand implements Callable<Integer> {
  private static final int PYTHON_MINOR_MIN = 9;

  @Parameters(
      paramLabel = "install|show",
      description = "Fetch the pinned versions, or say what is there.")
  private Action action;

  @Option(
      names = "--sdk-folder",
      paramLabel = "DIR",
      description = "Where (default: ringmaster/runtime-sdk in the user's cache folder).")
  private Path folder;

  @Option(
      names = "--sdk",
      split = ",",
      paramLabel = "python|node",
      description = "Which of them (default: both).")
  private List<Sdk> wanted = List.of(Sdk.values());

  private enum Action {
    install,
    show
  }

  private enum Sdk {
    python,
    node
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Output output = Output.open(false);
    Path target = folder == null ? RuntimeSdk.usersFolder() : folder.toAbsolutePath();
    if (action == Action.install) {
      Files.createDirectories(target);
      SdkInstaller installer = new SdkInstaller(target, SdkInstaller::run);
      for (Sdk each : wanted) {
        output.progress("fetching the SDK for " + each);
        String failure = install(installer, each);
        if (failure != null) {
          System.err.println("ringmaster sdk: " + each + ": " + failure);
          return ExitStatus.CHECK_FAILED;
        }
      }
    }
    output.line("python  " + (RuntimeSdk.hasPython(target) ? target.resolve("python") : "absent"));
    output.line("node    " + (RuntimeSdk.hasNode(target) ? target.resolve("nodejs") : "absent"));
    return ExitStatus.OK;
  }

  private static String install(SdkInstaller installer, Sdk sdk)
      throws IOException, InterruptedException {
    if (sdk == Sdk.node) {
      return installer.node();
    }
    List<Path> pythons = new ArrayList<>();
    for (Interpreter python : Runtimes.find().interpreters(RuntimeFamily.PYTHON)) {
      if (python.minor() >= PYTHON_MINOR_MIN) {
        pythons.add(python.executable());
      }
    }
    return installer.python(pythons);
  }
}
