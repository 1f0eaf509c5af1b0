package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** AWS's Java client. */
@Tag("built")
class JavaClientTest extends ClientChecks {
  JavaClientTest() {
    super(Client.JAVA);
  }
}
