package io.ringmaster.cli.demo;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.cli.serve.ServeRehearsal;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * The run from which the launcher makes the archive that later starts are fast with: a short
 * demonstration, and a server that is deployed to and asked.
 */
@Command(name = "rehearse", hidden = true)
public final class RehearsalCommand implements Callable<Integer> {
  private static final double SECONDS = 0.4;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Output output = Output.open(true);
    DemoReport report = new Demo(output, SECONDS, Set.of()).run();
    report.print(output);
    output.document("ringmaster.demo/1", report::write);
    boolean served = ServeRehearsal.run();
    return report.ok() && served ? ExitStatus.OK : ExitStatus.CHECK_FAILED;
  }
}
