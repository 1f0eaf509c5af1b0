package io.ringmaster.core.registry;

import io.ringmaster.core.resolve.FunctionName;
import java.util.Map;
import java.util.regex.Pattern;

/** What an alias may be. */
final class AliasRules {
  private static final Pattern NAME = Pattern.compile("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
  private static final Pattern VERSION = Pattern.compile("(\\$LATEST(\\.PUBLISHED)?|[0-9]+)");
  private static final Pattern WEIGHTED = Pattern.compile("[0-9]+");

  private AliasRules() {}

  static void checkName(String alias) {
    new Constraints()
        .present("name", alias)
        .length("name", alias, 1, 128)
        .pattern("name", alias, NAME)
        .check();
  }

  /** Checks an alias as it is going to be. */
  static void check(
      FunctionState function,
      FunctionName.Parsed name,
      String version,
      String description,
      Map<String, Double> weights) {
    Constraints constraints =
        new Constraints()
            .present("functionVersion", version)
            .length("functionVersion", version, 1, 1024)
            .pattern("functionVersion", version, VERSION)
            .length("description", description, 0, 256);
    weights.forEach((key, weight) -> checkWeight(constraints, weights, key, weight));
    constraints.check();
    if (function.version(version) == null) {
      throw Refusals.versionNotFound(name, version);
    }
    if (weights.size() > 1) {
      throw Refusals.invalid(
          "Number of items in AdditionalVersionWeights cannot be greater than 1");
    }
    for (String second : weights.keySet()) {
      if (second.equals(version)) {
        throw Refusals.invalid(
            "Invalid function version "
                + version
                + ". Function version "
                + version
                + " is already included in routing configuration.");
      }
      if (version.equals(FunctionName.LATEST)) {
        throw Refusals.invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version");
      }
      if (function.version(second) == null) {
        throw Refusals.versionNotFound(name, second);
      }
    }
  }

  private static void checkWeight(
      Constraints constraints, Map<String, Double> weights, String key, double weight) {
    if (!(weight >= 0.0 && weight <= 1.0)) {
      constraints.fails(
          "routingConfig.additionalVersionWeights",
          weights,
          "Map value must satisfy constraint: [Member must have value less than or equal to 1.0,"
              + " Member must have value greater than or equal to 0.0, Member must not be null]");
    }
    if (key.length() > 1024 || !WEIGHTED.matcher(key).matches()) {
      constraints.fails(
          "routingConfig.additionalVersionWeights",
          weights,
          "Map keys must satisfy constraint: [Member must have length less than or equal to 1024,"
              + " Member must have length greater than or equal to 1, Member must satisfy regular"
              + " expression pattern: [0-9]+, Member must not be null]");
    }
  }
}
