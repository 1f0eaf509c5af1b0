package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Statement;
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
  private static final String UPDATE = "update";
  private static final String CREATION = "creation";

  private FunctionRecord() {}

  /** Where the record lies. */
  static String key(FunctionName.Parsed name) {
    return KIND + name.account() + "/" + name.region() + "/" + name.name();
  }

  /** Whether a record with this key is a function. */
  static boolean isKey(String key) {
    return key.startsWith(KIND);
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
    write(fields, function.attached());
    return fields.bytes();
  }

  private static void write(Fields fields, Attached attached) {
    attached.tags().forEach((key, value) -> fields.put("tag." + key, value));
    attached
        .policies()
        .forEach(
            (qualifier, statements) -> {
              for (int i = 0; i < statements.size(); i++) {
                String at = "policy." + qualifier + "." + i + ".";
                fields.put(at + "id", statements.get(i).id());
                fields.put(at + "json", statements.get(i).json());
              }
              fields.put("statements." + qualifier, statements.size());
            });
    attached
        .documents()
        .forEach(
            (kind, ofKind) ->
                ofKind.forEach(
                    (qualifier, json) -> fields.put("document." + kind + "." + qualifier, json)));
  }

  private static void write(Fields fields, String at, Version version) {
    fields
        .put(at + "description", version.description())
        .put(at + "lastModified", version.lastModified().toString())
        .put(at + "revisionId", version.revisionId());
    Content content = version.content();
    write(fields, at + "code.", content.stored());
    List<LayerSet.Part> layers = content.layers().parts();
    fields.put(at + "layers", layers.size());
    for (int i = 0; i < layers.size(); i++) {
      write(fields, at + "layer." + i + ".", layers.get(i).code());
      fields.put(at + "layer." + i + ".arn", layers.get(i).arn());
    }
    if (content.layers().merged() != null) {
      write(fields, at + "merged.", content.layers().merged());
    }
    if (version.settling() != null) {
      fields
          .put(at + "settling", version.settling().update() ? UPDATE : CREATION)
          .put(at + "settlesAt", version.settling().until().toString());
    }
    fields.put(at + "raw", Boolean.toString(content.raw()));
    write(fields, at, content.spec());
  }

  private static void write(Fields fields, String at, FunctionSpec spec) {
    fields
        .put(at + "runtime", spec.runtime())
        .put(at + "handler", spec.handler())
        .put(at + "role", spec.role())
        .put(at + "contentDescription", spec.description())
        .put(at + "memoryMb", spec.memoryMb())
        .put(at + "timeoutSeconds", spec.timeoutSeconds())
        .put(at + "ephemeralStorageMb", spec.ephemeralStorageMb())
        .put(at + "architecture", spec.architectures().getFirst())
        .put(at + "logFormat", spec.logFormat())
        .put(at + "applicationLogLevel", spec.applicationLogLevel())
        .put(at + "systemLogLevel", spec.systemLogLevel())
        .put(at + "logGroup", spec.logGroup());
    spec.environment().forEach((name, value) -> fields.put(at + "environment." + name, value));
    spec.documents().forEach((name, json) -> fields.put(at + "document." + name, json));
  }

  static void write(Fields fields, String at, StoredCode code) {
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
    Owner owner = new Owner(fields.text("account"), fields.text("region"));
    FunctionName.Parsed name =
        new FunctionName.Parsed(owner.account(), owner.region(), fields.text("name"), null);
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
        fields.number("reserved", -1),
        attached(fields));
  }

  private static Attached attached(Fields fields) {
    Attached attached = Attached.NOTHING.withTags(fields.under("tag."));
    for (Map.Entry<String, String> policy : fields.under("statements.").entrySet()) {
      List<Statement> statements = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(policy.getValue()); i++) {
        String at = "policy." + policy.getKey() + "." + i + ".";
        statements.add(new Statement(fields.text(at + "id"), fields.text(at + "json")));
      }
      attached = attached.withPolicy(policy.getKey(), statements);
    }
    for (Map.Entry<String, String> document : fields.under("document.").entrySet()) {
      String[] kindAndQualifier = document.getKey().split("\\.", 2);
      if (kindAndQualifier.length < 2) {
        throw new IllegalArgumentException("a document of no qualifier: " + document.getKey());
      }
      attached =
          attached.withDocument(kindAndQualifier[0], kindAndQualifier[1], document.getValue());
    }
    return attached;
  }

  static List<String> list(Fields fields, String name) {
    String all = fields.text(name, "");
    return all.isEmpty() ? List.of() : List.of(all.split(","));
  }

  private static Version version(
      Fields fields, String at, String label, PackageShelf packages, long id) {
    Content content =
        new Content(
            code(fields, at + "code.", packages),
            layers(fields, at, packages),
            null,
            spec(fields, at),
            Boolean.parseBoolean(fields.text(at + "raw", "false")));
    return new Version(
        id,
        label,
        content,
        fields.text(at + "description", ""),
        Instant.parse(fields.text(at + "lastModified")),
        fields.text(at + "revisionId"),
        settling(fields, at));
  }

  private static LayerSet layers(Fields fields, String at, PackageShelf packages) {
    if (!fields.has(at + "merged.key")) {
      return LayerSet.NONE;
    }
    List<LayerSet.Part> parts = new ArrayList<>();
    for (int i = 0; i < fields.number(at + "layers", 0); i++) {
      String layer = at + "layer." + i + ".";
      parts.add(new LayerSet.Part(fields.text(layer + "arn", null), code(fields, layer, packages)));
    }
    return new LayerSet(List.copyOf(parts), code(fields, at + "merged.", packages));
  }

  private static Version.Settling settling(Fields fields, String at) {
    String what = fields.text(at + "settling", null);
    return what == null
        ? null
        : new Version.Settling(what.equals(UPDATE), Instant.parse(fields.text(at + "settlesAt")));
  }

  private static FunctionSpec spec(Fields fields, String at) {
    List<String> arns = new ArrayList<>();
    for (int i = 0; i < fields.number(at + "layers", 0); i++) {
      String arn = fields.text(at + "layer." + i + ".arn", null);
      if (arn != null) {
        arns.add(arn);
      }
    }
    return FunctionSpec.named(fields.text("name"))
        .runtime(fields.text(at + "runtime"))
        .handler(fields.text(at + "handler", null))
        .layers(null)
        .layerArns(arns)
        .role(fields.text(at + "role"))
        .description(fields.text(at + "contentDescription", ""))
        .memoryMb(fields.number(at + "memoryMb", 128))
        .timeoutSeconds(fields.number(at + "timeoutSeconds", 3))
        .ephemeralStorageMb(fields.number(at + "ephemeralStorageMb", 512))
        .environment(fields.under(at + "environment."))
        .architectures(List.of(fields.text(at + "architecture")))
        .logFormat(fields.text(at + "logFormat", "Text"))
        .applicationLogLevel(fields.text(at + "applicationLogLevel", null))
        .systemLogLevel(fields.text(at + "systemLogLevel", null))
        .logGroup(fields.text(at + "logGroup", null))
        .documents(fields.under(at + "document."))
        .build();
  }

  static StoredCode code(Fields fields, String at, PackageShelf packages) {
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
