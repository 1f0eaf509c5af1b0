package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** boto3, as PyPI has it. */
@Tag("built")
class BotoTest extends ScriptedChecks {
  BotoTest() {
    super("boto3", "python3");
  }

  @Override
  List<String> command(Path folder) throws IOException {
    return PythonClients.command("boto3");
  }

  @Override
  Map<String, String> environment(Path folder) {
    return PythonClients.environment();
  }
}
