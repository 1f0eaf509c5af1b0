package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Code and configuration of one version: what a publication makes immutable, and what is compared
 * to see whether anything changed. Exactly one of {@code stored} and {@code inJvm} is there.
 *
 * @param spec the configuration with every default filled in, and nothing in it that is not part of
 *     a version: no code, no tags; inline layers are null
 * @param raw whether the handler takes and returns bytes
 */
record Content(
    StoredCode stored, LayerSet layers, FunctionCode.InJvm inJvm, FunctionSpec spec, boolean raw) {

  static Content of(
      String name,
      FunctionSpec wanted,
      StoredCode stored,
      LayerSet layers,
      FunctionCode.InJvm inJvm,
      String machineArchitecture,
      boolean raw) {
    boolean json = wanted.logFormat().equals("JSON");
    String level = Objects.requireNonNullElse(wanted.applicationLogLevel(), "INFO");
    String systemLevel = Objects.requireNonNullElse(wanted.systemLogLevel(), "INFO");
    FunctionSpec spec =
        wanted.toBuilder()
            .name(name)
            .runtime(inJvm == null ? wanted.runtime() : FunctionSpec.IN_JVM)
            .handler(inJvm == null ? wanted.handler() : null)
            .code(null)
            .layers(null)
            .layerArns(layers.arns())
            .description(Objects.requireNonNullElse(wanted.description(), ""))
            .architectures(
                wanted.architectures().isEmpty()
                    ? List.of(machineArchitecture)
                    : wanted.architectures())
            .applicationLogLevel(json ? level : null)
            .systemLogLevel(json ? systemLevel : null)
            .tags(Map.of())
            .publish(false)
            .build();
    return new Content(stored, layers, inJvm, spec, raw);
  }

  /** The same with other code, for the given architectures; null: for the same. */
  Content withCode(StoredCode newStored, FunctionCode.InJvm newInJvm, List<String> architectures) {
    FunctionSpec changed =
        architectures == null ? spec : spec.toBuilder().architectures(architectures).build();
    return new Content(newStored, layers, newInJvm, changed, raw);
  }

  /** Whether the environments of one may serve the other: nothing differs but the description. */
  boolean runsAs(Content other) {
    FunctionSpec described = spec.toBuilder().description(other.spec.description()).build();
    return new Content(stored, layers, inJvm, described, raw).equals(other);
  }
}
