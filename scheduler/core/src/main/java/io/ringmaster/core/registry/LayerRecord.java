package io.ringmaster.core.registry;

import io.ringmaster.api.Owner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A layer as it is kept in the registry's store: all of it in one record. */
final class LayerRecord {
  private static final String KIND = "layer/";

  private LayerRecord() {}

  /** Where the record lies. */
  static String key(LayerName.Parsed name) {
    return KIND + name.account() + "/" + name.region() + "/" + name.name();
  }

  /** Whether a record with this key is a layer. */
  static boolean isKey(String key) {
    return key.startsWith(KIND);
  }

  static byte[] write(LayerState layer) {
    Fields fields = new Fields();
    LayerName.Parsed name = layer.name();
    fields.put("account", name.account()).put("region", name.region()).put("name", name.name());
    fields.put("lastNumber", layer.lastNumber());
    List<String> numbers = new ArrayList<>();
    for (LayerState.Published version : layer.versions().values()) {
      numbers.add(Long.toString(version.number()));
      String at = "version." + version.number() + ".";
      FunctionRecord.write(fields, at + "code.", version.code());
      fields
          .put(at + "description", version.description())
          .put(at + "created", version.created().toString())
          .put(at + "runtimes", String.join(",", version.runtimes()))
          .put(at + "architectures", String.join(",", version.architectures()))
          .put(at + "license", version.license());
    }
    fields.put("versions", String.join(",", numbers));
    return fields.bytes();
  }

  /**
   * Reads a record.
   *
   * @param packages where its packages lie; no reference is taken
   * @throws IllegalArgumentException it is no record of a layer
   */
  static LayerState read(byte[] record, PackageShelf packages) {
    Fields fields = Fields.of(record);
    Owner owner = new Owner(fields.text("account"), fields.text("region"));
    NavigableMap<Long, LayerState.Published> versions = new TreeMap<>();
    for (String number : FunctionRecord.list(fields, "versions")) {
      String at = "version." + number + ".";
      versions.put(
          Long.valueOf(number),
          new LayerState.Published(
              Long.parseLong(number),
              FunctionRecord.code(fields, at + "code.", packages),
              fields.text(at + "description", ""),
              Instant.parse(fields.text(at + "created")),
              FunctionRecord.list(fields, at + "runtimes"),
              FunctionRecord.list(fields, at + "architectures"),
              fields.text(at + "license", null)));
    }
    return new LayerState(
        new LayerName.Parsed(owner.account(), owner.region(), fields.text("name"), 0),
        Collections.unmodifiableNavigableMap(versions),
        fields.number("lastNumber"));
  }
}
