package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** AWS's Go client. */
@Tag("built")
class GoClientTest extends ClientChecks {
  GoClientTest() {
    super(Client.GO);
  }
}
