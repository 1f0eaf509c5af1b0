package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** AWS's Node client. */
@Tag("built")
class NodeClientTest extends ClientChecks {
  NodeClientTest() {
    super(Client.NODE);
  }
}
