package io.ringmaster.runtime;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a BIND frame says. Immutable.
 *
 * @param layers merged content of the layers, or null
 * @param segmentBytes size of the memory that is shared with the engine; 0: there is none
 */
record Binding(
    Path code,
    Path layers,
    String handler,
    Map<String, String> environment,
    int memoryMb,
    String functionName,
    String functionVersion,
    String logGroup,
    String logStream,
    boolean jsonLogs,
    String logLevel,
    boolean raw,
    int segmentBytes) {

  static Binding read(String json) {
    Map<?, ?> fields = Json.of(Map.class).fromJson(json);
    @SuppressWarnings("unchecked") // the engine's own writing
    Map<String, String> environment = (Map<String, String>) fields.get("environment");
    return new Binding(
        Path.of(text(fields, "code")),
        fields.get("layers") instanceof String layers ? Path.of(layers) : null,
        text(fields, "handler"),
        environment,
        fields.get("memoryMb") instanceof Integer memory ? memory : 0,
        text(fields, "functionName"),
        text(fields, "functionVersion"),
        text(fields, "logGroup"),
        text(fields, "logStream"),
        text(fields, "logFormat").equals("JSON"),
        text(fields, "logLevel"),
        Boolean.TRUE.equals(fields.get("raw")),
        fields.get("segment") instanceof Integer bytes ? bytes : 0);
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }
}
