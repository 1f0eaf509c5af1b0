package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.core.resolve.FunctionName;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Aliases of functions. */
final class Aliases {
  private final Shared shared;

  Aliases(Shared shared) {
    this.shared = shared;
  }

  Alias create(
      FunctionName.Parsed name,
      String alias,
      String version,
      String description,
      Map<String, Double> weights) {
    AliasRules.checkName(alias);
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      String arn = name.unqualifiedArn() + ":" + alias;
      if (function.aliases().containsKey(alias)) {
        throw Refusals.conflict("Alias already exists: " + arn);
      }
      Map<String, Double> shares = weights == null ? Map.of() : Map.copyOf(weights);
      AliasRules.check(function, name, version, description, shares);
      Alias created =
          new Alias(
              arn,
              alias,
              version,
              Objects.requireNonNullElse(description, ""),
              shares,
              Shared.newRevision());
      shared.functions.commit(function.withAlias(created));
      return created;
    }
  }

  Alias update(
      FunctionName.Parsed name,
      String alias,
      String version,
      String description,
      Map<String, Double> weights,
      String revisionId) {
    AliasRules.checkName(alias);
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      Alias before = function.aliases().get(alias);
      if (before == null) {
        throw Refusals.aliasToUpdateNotFound(name.unqualifiedArn() + ":" + alias);
      }
      Shared.requireRevision(revisionId, before.revisionId(), Refusals.GET_FUNCTION_OR_ALIAS);
      String newVersion = Objects.requireNonNullElse(version, before.functionVersion());
      String newDescription = Objects.requireNonNullElse(description, before.description());
      Map<String, Double> shares =
          weights == null ? before.additionalVersionWeights() : Map.copyOf(weights);
      AliasRules.check(function, name, newVersion, newDescription, shares);
      Alias changed =
          new Alias(before.arn(), alias, newVersion, newDescription, shares, Shared.newRevision());
      shared.functions.commit(function.withAlias(changed));
      return changed;
    }
  }

  Alias get(FunctionName.Parsed name, String alias) {
    AliasRules.checkName(alias);
    Alias found = shared.require(name).aliases().get(alias);
    if (found == null) {
      throw Refusals.aliasNotFound(name.unqualifiedArn() + ":" + alias);
    }
    return found;
  }

  List<Alias> list(FunctionName.Parsed name) {
    return List.copyOf(shared.require(name).aliases().values());
  }

  List<Alias> list(FunctionName.Parsed name, String version) {
    return shared.require(name).aliases().values().stream()
        .filter(alias -> refersTo(alias, version))
        .toList();
  }

  static boolean refersTo(Alias alias, String version) {
    return alias.functionVersion().equals(version)
        || alias.additionalVersionWeights().containsKey(version);
  }

  void delete(FunctionName.Parsed name, String alias) {
    AliasRules.checkName(alias);
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      if (function.aliases().containsKey(alias)) {
        shared.functions.commit(function.withoutAlias(alias));
      }
    }
  }
}
