package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.api.CodeUpdate;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionOverview;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Page;
import io.ringmaster.api.PublishRequest;
import io.ringmaster.api.ResourcePolicy;
import io.ringmaster.api.Statement;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of one owner. Reads without the lock, and without waiting for a change that is
 * being made.
 */
final class OwnedFunctions implements Functions {
  private static final int UNRESERVED_MINIMUM = 100;
  private static final Pattern PROVISIONED =
      Pattern.compile("\"RequestedProvisionedConcurrentExecutions\":([0-9]{1,18})[,}]");

  private final Shared shared;
  private final Owner owner;
  private final Names names;
  private final FunctionChanges changes;
  private final Aliases aliases;
  private final Attachments attachments;

  OwnedFunctions(Shared shared, Owner owner) {
    this.shared = shared;
    this.owner = owner;
    names = new Names(owner);
    changes = new FunctionChanges(shared);
    aliases = new Aliases(shared);
    attachments = new Attachments(shared);
  }

  // ---- reading ----

  private record Found(FunctionName.Parsed name, FunctionState function, Version version) {}

  private Found find(String name, String qualifier) {
    FunctionName.Parsed parsed = names.parse(name, qualifier);
    FunctionState function = shared.require(parsed);
    String wanted = parsed.effectiveQualifier();
    Alias alias = function.aliases().get(wanted);
    Version version = function.version(alias == null ? wanted : alias.functionVersion());
    if (version == null) {
      throw Refusals.versionNotFound(parsed, wanted);
    }
    return new Found(parsed, function, version);
  }

  private FunctionConfiguration configuration(Found found) {
    return found
        .version()
        .configuration(found.function().name(), found.name().qualifier(), shared.now());
  }

  @Override
  public FunctionConfiguration get(String name) {
    return get(name, null);
  }

  @Override
  public FunctionConfiguration get(String name, String qualifier) {
    return configuration(find(name, qualifier));
  }

  @Override
  public FunctionOverview describe(String name, String qualifier) {
    Found found = find(name, qualifier);
    return new FunctionOverview(
        configuration(found),
        found.function().attached().tags(),
        found.function().reserved(),
        found.version().content().stored() != null);
  }

  @Override
  public InputStream openCode(String name, String qualifier) {
    StoredCode code;
    synchronized (shared.lock) {
      Found found = find(name, qualifier);
      code = found.version().content().stored();
      if (code == null) {
        throw Refusals.noPackage();
      }
      shared.packages.retain(code);
    }
    try {
      return shared.packages.openZip(code);
    } finally {
      shared.packages.release(code);
    }
  }

  @Override
  public List<FunctionConfiguration> list() {
    return list(null, Integer.MAX_VALUE).items();
  }

  @Override
  public Page<FunctionConfiguration> list(String after, int max) {
    if (max < 1) {
      throw new IllegalArgumentException("max is " + max + "; it must be 1 or more");
    }
    NavigableMap<String, FunctionState> all = shared.functions.of(owner);
    NavigableMap<String, FunctionState> left = after == null ? all : all.tailMap(after, false);
    Instant now = shared.now();
    List<FunctionConfiguration> items = new ArrayList<>();
    for (FunctionState function : left.values()) {
      if (items.size() == max) {
        return new Page<>(items, true);
      }
      items.add(function.latest().configuration(function.name(), null, now));
    }
    return new Page<>(items, false);
  }

  @Override
  public List<FunctionConfiguration> listVersions(String name) {
    FunctionState function = shared.require(names.unqualified(name));
    Instant now = shared.now();
    return function.versions().stream()
        .map(version -> version.configuration(function.name(), version.label(), now))
        .toList();
  }

  // ---- functions and versions ----

  @Override
  public FunctionConfiguration create(FunctionSpec spec) {
    return create(spec, false);
  }

  FunctionConfiguration create(FunctionSpec spec, boolean raw) {
    return changes.create(names.created(spec.name()), spec, raw);
  }

  @Override
  public FunctionConfiguration updateCode(String name, CodeUpdate update) {
    return changes.updateCode(names.unqualified(name), update);
  }

  @Override
  public FunctionConfiguration updateConfiguration(
      String name, UnaryOperator<FunctionSpec> change, String revisionId) {
    return changes.updateConfiguration(names.unqualified(name), change, revisionId);
  }

  @Override
  public FunctionConfiguration publishVersion(String name, PublishRequest request) {
    return changes.publish(names.unqualified(name), request);
  }

  @Override
  public void delete(String name) {
    FunctionName.Parsed parsed = names.parse(name, null);
    if (parsed.qualifier() == null) {
      changes.delete(parsed);
    } else {
      changes.deleteVersion(parsed);
    }
  }

  @Override
  public void deleteVersion(String name, String version) {
    changes.deleteVersion(names.parse(name, Objects.requireNonNull(version, "version")));
  }

  // ---- aliases ----

  @Override
  public Alias createAlias(
      String name, String alias, String version, String description, Map<String, Double> weights) {
    return aliases.create(names.unqualified(name), alias, version, description, weights);
  }

  @Override
  public Alias updateAlias(
      String name,
      String alias,
      String version,
      String description,
      Map<String, Double> weights,
      String revisionId) {
    return aliases.update(
        names.unqualified(name), alias, version, description, weights, revisionId);
  }

  @Override
  public Alias getAlias(String name, String alias) {
    return aliases.get(names.unqualified(name), alias);
  }

  @Override
  public List<Alias> listAliases(String name) {
    return aliases.list(names.unqualified(name));
  }

  @Override
  public List<Alias> listAliases(String name, String version) {
    return aliases.list(names.unqualified(name), version);
  }

  @Override
  public void deleteAlias(String name, String alias) {
    aliases.delete(names.unqualified(name), alias);
  }

  // ---- reserved concurrency ----

  @Override
  public void putConcurrency(String name, int reserved) {
    FunctionName.Parsed parsed = names.unqualified(name);
    new Constraints().range("reservedConcurrentExecutions", reserved, 0, Integer.MAX_VALUE).check();
    synchronized (shared.lock) {
      FunctionState function = shared.functions.get(owner, parsed.name());
      if (function == null) {
        throw Refusals.functionNotFound(parsed.unqualifiedArn() + ":" + FunctionName.LATEST);
      }
      requireProvisioned(function, reserved);
      requireUnreserved(function, reserved);
      shared.functions.commit(function.withReserved(reserved));
    }
  }

  /** What versions and aliases have provisioned is part of what the function has reserved. */
  private static void requireProvisioned(FunctionState function, int reserved) {
    long provisioned = 0;
    for (String json : function.attached().documentsOf(PROVISIONED_CONCURRENCY).values()) {
      Matcher requested = PROVISIONED.matcher(json);
      provisioned += requested.find() ? Long.parseLong(requested.group(1)) : 0;
    }
    if (reserved < provisioned) {
      throw Refusals.invalid(
          " ReservedConcurrentExecutions  "
              + reserved
              + " should not be lower than function's total provisioned concurrency ["
              + provisioned
              + "].");
    }
  }

  /**
   * The account keeps 100 unreserved, or all of a limit that is smaller, as AWS's small accounts
   * have it.
   */
  private void requireUnreserved(FunctionState function, int reserved) {
    long others = 0;
    for (FunctionState other : shared.functions.of(owner).values()) {
      if (other != function) {
        others += Math.max(0, other.reserved());
      }
    }
    int limit = shared.settings.accountConcurrency();
    int minimum = Math.min(UNRESERVED_MINIMUM, limit);
    if (limit - others - reserved < minimum) {
      throw Refusals.invalid(
          "Specified ReservedConcurrentExecutions for function decreases account's"
              + " UnreservedConcurrentExecution below its minimum value of ["
              + minimum
              + "].");
    }
  }

  @Override
  public int getConcurrency(String name) {
    return shared.require(names.unqualified(name)).reserved();
  }

  @Override
  public void deleteConcurrency(String name) {
    FunctionName.Parsed parsed = names.unqualified(name);
    synchronized (shared.lock) {
      FunctionState function = shared.require(parsed);
      if (function.reserved() >= 0) {
        shared.functions.commit(function.withReserved(-1));
      }
    }
  }

  // ---- what is attached ----

  @Override
  public Map<String, String> tags(String name) {
    return attachments.tags(names.taggable(name));
  }

  @Override
  public void tag(String name, Map<String, String> tags) {
    attachments.tag(names.taggable(name), tags);
  }

  @Override
  public void untag(String name, Collection<String> keys) {
    attachments.untag(names.taggable(name), keys);
  }

  @Override
  public ResourcePolicy policy(String name, String qualifier) {
    return attachments.policy(names.parse(name, qualifier));
  }

  @Override
  public Statement addPermission(
      String name, String qualifier, Statement statement, String revisionId) {
    return attachments.add(names.parse(name, qualifier), statement, revisionId);
  }

  @Override
  public void removePermission(
      String name, String qualifier, String statementId, String revisionId) {
    attachments.remove(names.parse(name, qualifier), statementId, revisionId);
  }

  @Override
  public String document(String name, String qualifier, String kind) {
    return attachments.document(names.parse(name, qualifier), kind);
  }

  @Override
  public void putDocument(String name, String qualifier, String kind, String json) {
    attachments.put(names.parse(name, qualifier), kind, json);
  }

  @Override
  public String updateDocument(
      String name, String qualifier, String kind, UnaryOperator<String> change) {
    return attachments.update(names.parse(name, qualifier), kind, change);
  }

  @Override
  public boolean deleteDocument(String name, String qualifier, String kind) {
    return attachments.delete(names.parse(name, qualifier), kind);
  }

  @Override
  public Map<String, String> documents(String name, String kind) {
    return attachments.documents(names.unqualified(name), kind);
  }
}
