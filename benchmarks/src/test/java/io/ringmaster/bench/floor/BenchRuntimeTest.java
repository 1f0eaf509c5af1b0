package io.ringmaster.bench.floor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchRuntimeTest {
  private static final Runtimes HERE = Runtimes.find();

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"PYTHON", "NODE", "JAVA"})
  void theIdentifierMeansTheInterpreterThatIsMeasured(Language language) {
    BenchRuntime found = BenchRuntime.find(language, HERE);
    assertEquals(HERE.interpreters(language.family()).isEmpty(), found == null);
    if (found != null) {
      RuntimeMatch match = HERE.match(found.identifier());
      assertEquals(found.executable(), match.interpreter().executable());
      assertEquals(found.version(), match.interpreter().version());
    }
  }

  /** The engine itself needs a JVM, so there is one. */
  @Test
  void theNewestJvmThatLambdaKnowsIsMeasured() {
    BenchRuntime found = BenchRuntime.find(Language.JAVA, HERE);
    int newest =
        HERE.interpreters(Language.JAVA.family()).stream()
            .filter(jvm -> HERE.match("java" + jvm.major()).match().equals(RuntimeMatch.EXACT))
            .mapToInt(Interpreter::major)
            .max()
            .orElseThrow();
    assertEquals("java" + newest, found.identifier().replaceFirst("\\..*", ""));
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void anAbsenceNamesWhatIsMissing(Language language) {
    String reason = BenchRuntime.absence(language);
    assertTrue(reason.contains(language == Language.PROVIDED ? "Perl" : "install"), reason);
  }
}
