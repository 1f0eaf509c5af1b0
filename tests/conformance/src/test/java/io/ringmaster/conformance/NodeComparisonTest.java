package io.ringmaster.conformance;

import org.junit.jupiter.api.Tag;

/** Against AWS's Node client, release 3: that of the identifiers up to {@code nodejs22.x}. */
@Tag("built")
class NodeComparisonTest extends NodeComparison {
  NodeComparisonTest() {
    super(Client.NODE, DIFFERENCES);
  }
}
