package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The life of a function through AWS's SDK for Java; in every build, so that the table of
 * operations is held against what a client did.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JavaSdkTest {
  private final Map<String, Set<String>> called = new HashMap<>();
  private TestServer server;
  private JavaClient client;

  @BeforeAll
  void open() throws Exception {
    server = TestServer.open();
    client = new JavaResourceSteps(server, Packages.build(), "life-java");
  }

  @AfterAll
  void close() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> steps() {
    return Stream.concat(
        client.steps.stream().map(step -> DynamicTest.dynamicTest(step.name(), () -> take(step))),
        Stream.of(
            DynamicTest.dynamicTest(
                "the table's steps",
                () -> assertEquals(Set.of(), ScriptedChecks.uncalled(called)))));
  }

  /** What a step called counts when all of it held. */
  private void take(JavaClient.Step step) throws Exception {
    client.takeOperations();
    try {
      step.action().execute();
    } catch (Exception | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
    called.computeIfAbsent(step.name(), key -> new HashSet<>()).addAll(client.takeOperations());
  }
}
