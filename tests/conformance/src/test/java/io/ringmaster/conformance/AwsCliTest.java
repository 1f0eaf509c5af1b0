package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** AWS's command line, as PyPI has it. */
@Tag("built")
class AwsCliTest extends ScriptedChecks {
  AwsCliTest() {
    super("aws-cli", "python3");
  }

  @Override
  List<String> command(Path folder) throws IOException {
    return PythonClients.command("aws-cli");
  }

  @Override
  Map<String, String> environment(Path folder) {
    return PythonClients.environment();
  }
}
