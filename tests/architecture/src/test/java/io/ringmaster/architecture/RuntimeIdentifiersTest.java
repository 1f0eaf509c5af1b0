package io.ringmaster.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.sandbox.linux.runtimes.RuntimeIdentifier;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The scheduler decides which runtime identifiers are accepted, the process pool what serves them;
 * neither may see the other, and both must know the same ones.
 */
class RuntimeIdentifiersTest {

  @Test
  void whatIsAcceptedIsWhatTheMapKnows() throws Exception {
    assertEquals(list("SUPPORTED"), identifiers(false));
    assertEquals(Set.copyOf(list("DEPRECATED")), Set.copyOf(identifiers(true)));
  }

  private static List<String> identifiers(boolean deprecated) {
    return RuntimeIdentifier.all().stream()
        .filter(identifier -> identifier.deprecated() == deprecated)
        .map(RuntimeIdentifier::id)
        .toList();
  }

  private static List<String> list(String name) throws Exception {
    Field field = Class.forName("io.ringmaster.core.registry.Runtimes").getDeclaredField(name);
    field.setAccessible(true);
    return ((Collection<?>) field.get(null)).stream().map(String.class::cast).toList();
  }
}
