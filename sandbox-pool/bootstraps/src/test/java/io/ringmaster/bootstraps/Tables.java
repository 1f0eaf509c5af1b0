package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.DynamicNode;

/** The tables of one runtime's behaviours, and what is played to its interpreters. */
record Tables(String... resources) {
  /** What plays one row and judges it. */
  interface Check {
    void play(Behaviour row) throws Exception;
  }

  List<Behaviour> rows() {
    return List.of(resources).stream().flatMap(table -> Behaviour.read(table).stream()).toList();
  }

  /** A test for each row that applies to an interpreter. */
  DynamicNode tests(String interpreter, String version, Check check) {
    return dynamicContainer(
        interpreter,
        rows().stream()
            .filter(row -> row.appliesTo(version))
            .map(row -> dynamicTest(row.name(), () -> check.play(row))));
  }

  /** For the report at the end of the build: the versions that no interpreter here has. */
  static void reportAbsent(String runtime, Collection<?> versions) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "not-run"));
    Files.write(
        folder.resolve(runtime + "-interpreters.txt"),
        versions.stream()
            .map(version -> "bootstraps." + runtime + version + "\tno such interpreter here")
            .toList());
  }
}
