package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** AWS's Python client. */
@Tag("built")
class PythonClientTest extends ClientChecks {
  PythonClientTest() {
    super(Client.PYTHON);
  }
}
