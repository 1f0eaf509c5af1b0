package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A function as it is kept in the registry's store: all of it in one record. Version ids are not
 * kept; they are given anew when a record is read.
 */
final class FunctionRecord {
  private static final String KIND = "function/";

  private FunctionRecord() {}

  /** Where the record lies. */
  static String key(FunctionName.Parsed name) {
    return KIND + name.account() + "/" + name.region() + "/" + name.name();
  }

  /** Whether a record with this key is a function. */
  static boolean isKey(String key) {
    return key.startsWith(KIND);
  }

  /** Whether a record with this key is a function of this account and region. */
  static boolean isKey(String key, String account, String region) {
    return key.startsWith(KIND + account + "/" + region + "/");
  }

  static byte[] write(FunctionState function) {
    Fields fields = new Fields();
    FunctionName.Parsed name = function.name();
    fields.put("account", name.account()).put("region", name.region()).put("name", name.name());
    fields.put("lastNumber", function.lastNumber()).put("reserved", function.reserved());
    write(fields, "latest.", function.latest());
    List<String> numbers = new ArrayList<>();
    function
        .published()
        .forEach(
            (number, version) -> {
              numbers.add(number.toString());
              write(fields, "version." + number + ".", version);
            });
    fields.put("versions", String.join(",", numbers));
    fields.put("aliases", String.join(",", function.aliases().keySet()));
    function.aliases().values().forEach(alias -> write(fields, alias));
    return fields.bytes();
  }

  private static void write(Fields fields, String at, Version version) {
    fields
        .put(at + "description", version.description())
        .put(at + "lastModified", version.lastModified().toString())
        .put(at + "revisionId", version.revisionId());
    Content content = version.content();
    write(fields, at + "code.", content.stored());
    List<StoredCode> layers = content.layers().parts();
    fields.put(at + "layers", layers.size());
    for (int i = 0; i < layers.size(); i++) {
      write(fields, at + "layer." + i + ".", layers.get(i));
    }
    if (content.layers().merged() != null) {
      write(fields, at + "merged.", content.layers().merged());
    }
    fields
        .put(at + "runtime", content.runtime())
        .put(at + "handler", content.handler())
        .put(at + "role", content.role())
        .put(at + "contentDescription", content.description())
        .put(at + "memoryMb", content.memoryMb())
        .put(at + "timeoutSeconds", content.timeoutSeconds())
        .put(at + "ephemeralStorageMb", content.ephemeralStorageMb())
        .put(at + "architecture", content.architecture())
        .put(at + "logFormat", content.logFormat())
        .put(at + "applicationLogLevel", content.applicationLogLevel())
        .put(at + "systemLogLevel", content.systemLogLevel())
        .put(at + "raw", Boolean.toString(content.raw()));
    content.environment().forEach((name, value) -> fields.put(at + "environment." + name, value));
  }

  private static void write(Fields fields, String at, StoredCode code) {
    fields
        .put(at + "key", code.key())
        .put(at + "sha256", code.sha256())
        .put(at + "sizeBytes", code.sizeBytes());
  }

  private static void write(Fields fields, Alias alias) {
    String at = "alias." + alias.name() + ".";
    fields
        .put(at + "version", alias.functionVersion())
        .put(at + "description", alias.description())
        .put(at + "revisionId", alias.revisionId());
    alias
        .additionalVersionWeights()
        .forEach((version, weight) -> fields.put(at + "weight." + version, weight.toString()));
  }

  /**
   * Reads a record.
   *
   * @param packages where its packages lie; no reference is taken
   * @param ids gives version ids
   * @throws IllegalArgumentException it is no record of a function
   */
  static FunctionState read(byte[] record, PackageShelf packages, LongSupplier ids) {
    Fields fields = Fields.of(record);
    FunctionName.Parsed name =
        new FunctionName.Parsed(
            fields.text("account"), fields.text("region"), fields.text("name"), null);
    NavigableMap<Integer, Version> published = new TreeMap<>();
    for (String number : list(fields, "versions")) {
      Version version =
          version(fields, "version." + number + ".", number, packages, ids.getAsLong());
      published.put(Integer.valueOf(number), version);
    }
    NavigableMap<String, Alias> aliases = new TreeMap<>();
    for (String alias : list(fields, "aliases")) {
      aliases.put(alias, alias(fields, alias, name));
    }
    return new FunctionState(
        name,
        version(fields, "latest.", FunctionName.LATEST, packages, ids.getAsLong()),
        Collections.unmodifiableNavigableMap(published),
        fields.number("lastNumber", 0),
        Collections.unmodifiableNavigableMap(aliases),
        fields.number("reserved", -1));
  }

  private static List<String> list(Fields fields, String name) {
    String all = fields.text(name, "");
    return all.isEmpty() ? List.of() : List.of(all.split(","));
  }

  private static Version version(
      Fields fields, String at, String label, PackageShelf packages, long id) {
    List<StoredCode> layers = new ArrayList<>();
    for (int i = 0; i < fields.number(at + "layers", 0); i++) {
      layers.add(code(fields, at + "layer." + i + ".", packages));
    }
    boolean layered = fields.has(at + "merged.key");
    Content content =
        new Content(
            code(fields, at + "code.", packages),
            layered
                ? new Layers(List.copyOf(layers), code(fields, at + "merged.", packages))
                : Layers.NONE,
            null,
            fields.text(at + "runtime"),
            fields.text(at + "handler", null),
            fields.text(at + "role"),
            fields.text(at + "contentDescription", ""),
            fields.number(at + "memoryMb", 128),
            fields.number(at + "timeoutSeconds", 3),
            fields.number(at + "ephemeralStorageMb", 512),
            Map.copyOf(fields.under(at + "environment.")),
            fields.text(at + "architecture"),
            fields.text(at + "logFormat", "Text"),
            fields.text(at + "applicationLogLevel", null),
            fields.text(at + "systemLogLevel", null),
            Boolean.parseBoolean(fields.text(at + "raw", "false")));
    return new Version(
        id,
        label,
        content,
        fields.text(at + "description", ""),
        Instant.parse(fields.text(at + "lastModified")),
        fields.text(at + "revisionId"));
  }

  private static StoredCode code(Fields fields, String at, PackageShelf packages) {
    String key = fields.text(at + "key");
    return new StoredCode(
        key, fields.text(at + "sha256"), fields.number(at + "sizeBytes"), packages.folder(key));
  }

  private static Alias alias(Fields fields, String alias, FunctionName.Parsed name) {
    String at = "alias." + alias + ".";
    Map<String, Double> weights = new HashMap<>();
    fields.under(at + "weight.").forEach((v, weight) -> weights.put(v, Double.valueOf(weight)));
    return new Alias(
        name.unqualifiedArn() + ":" + alias,
        alias,
        fields.text(at + "version"),
        fields.text(at + "description", ""),
        Map.copyOf(weights),
        fields.text(at + "revisionId"));
  }
}
