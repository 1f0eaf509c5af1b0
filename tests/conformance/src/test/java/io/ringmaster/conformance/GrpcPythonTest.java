package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code grpcio}, with the stubs that its own compiler makes of the published interface. */
@Tag("built")
class GrpcPythonTest extends GrpcChecks {

  @Test
  void grpcioCallsTheServer() throws IOException {
    List<String> missing = Tools.missing("python3");
    assumeTrue(missing.isEmpty(), () -> "install " + missing);
    String python =
        Tools.interpreter("python3", "-c", "import sys; print(sys.executable)").toString();
    Path folder = Tools.folder("grpc-python", "client");
    Tools.copy(Tools.sources("grpc-python"), folder);
    Tools.run(
        folder,
        Map.of(),
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "--target",
        folder.resolve("packages").toString(),
        "-r",
        "requirements.txt");
    Map<String, String> path =
        Map.of("PYTHONPATH", folder.resolve("packages") + ":" + folder.resolve("stubs"));
    Path stubs = Tools.folder("grpc-python", "client/stubs");
    Tools.run(
        folder,
        path,
        python,
        "-m",
        "grpc_tools.protoc",
        "-I",
        PROTOBUF.toString(),
        "--python_out=" + stubs,
        "--grpc_python_out=" + stubs,
        "ringmaster/v1/invocation.proto",
        "ringmaster/v1/function.proto");
    check(folder, path, python, "check.py");
  }
}
