package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code @grpc/grpc-js}, which reads the published interface when it starts. */
@Tag("built")
class GrpcNodeTest extends GrpcChecks {

  @Test
  void grpcJsCallsTheServer() throws IOException {
    List<String> missing = Tools.missing("node", "npm");
    assumeTrue(missing.isEmpty(), () -> "install " + missing);
    Path folder = Tools.folder("grpc-node", "client");
    Tools.copy(Tools.sources("grpc-node"), folder);
    Tools.run(folder, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    check(folder, Map.of(), "node", "check.js", PROTOBUF.toString());
  }
}
