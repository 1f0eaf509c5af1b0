package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** AWS's Rust client. */
@Tag("built")
class RustClientTest extends ClientChecks {
  RustClientTest() {
    super(Client.RUST);
  }
}
