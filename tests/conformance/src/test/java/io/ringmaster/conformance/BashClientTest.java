package io.ringmaster.conformance;

/** A runtime of one's own, in bash with curl. */
class BashClientTest extends ClientChecks {
  BashClientTest() {
    super(Client.BASH);
  }
}
