package io.ringmaster.core.resolve;

import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.model.AccountState;
import io.ringmaster.core.model.FunctionState;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Target;
import io.ringmaster.core.model.VersionState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What names mean, for each owner. Dispatcher thread only. Warm look-ups allocate nothing: a call
 * that is used again keeps its {@link Target}, and unqualified names have a bounded cache.
 *
 * <p>An owner is known from its first function on; invocations for others find nothing and leave
 * nothing.
 */
public final class FunctionTable {
  private static final int CACHED_MAX = 16_384;

  /** One owner's functions. */
  private static final class Owned {
    final Owner owner;
    final AccountState account;
    final Map<String, FunctionState> functions = new HashMap<>();
    final Map<String, Target> targets = new HashMap<>();

    Owned(Owner owner, int limit) {
      this.owner = owner;
      this.account = new AccountState(owner.account(), limit);
    }
  }

  private final Owned own;
  private final int accountLimit;
  private final Map<Owner, Owned> all = new HashMap<>();

  /** Targets kept for all owners together. */
  private int cached;

  /**
   * @param owner whose functions are meant by invocations that name no owner
   * @param accountLimit concurrency of each owner
   */
  public FunctionTable(Owner owner, int accountLimit) {
    this.accountLimit = accountLimit;
    own = new Owned(owner, accountLimit);
    all.put(owner, own);
  }

  /**
   * Finds the version that an invocation means and sets its target and version.
   *
   * @param random uniformly distributed bits, for weighted aliases
   * @return null, or why there is none
   */
  public Refusal resolve(PendingInvocation invocation, long random) {
    Target target = invocation.target;
    if (target == null || target.function().withdrawn) {
      target = targetOf(invocation);
      if (target == null) {
        return refusalOf(invocation);
      }
      invocation.target = target;
    }
    VersionState version = version(target.function(), target.qualifier(), random);
    if (version == null) {
      return Refusal.notFound(
          "Function not found: " + target.function().arn + ":" + target.qualifier());
    }
    invocation.version = version;
    return null;
  }

  /** Ledger units of an owner in use. */
  public int inUse(Owner owner) {
    Owned owned = all.get(owner);
    return owned == null ? 0 : owned.account.inUse;
  }

  /** Tells of every owner's ledger, the engine's own first, then by account and region. */
  public List<EngineStatus.AccountStatus> accounts() {
    return all.values().stream()
        .sorted(
            Comparator.comparing((Owned each) -> each != own)
                .thenComparing(each -> each.owner.account())
                .thenComparing(each -> each.owner.region()))
        .map(
            each ->
                new EngineStatus.AccountStatus(
                    each.owner,
                    each.account.limit,
                    each.account.inUse,
                    each.account.unreservedInUse))
        .toList();
  }

  /** The function; null: there is none. */
  public FunctionState function(Owner owner, String name) {
    Owned owned = all.get(owner);
    return owned == null ? null : owned.functions.get(name);
  }

  /** Adds a function that is not there yet. */
  public FunctionState add(FunctionDefinition definition) {
    Owned owned = all.computeIfAbsent(definition.owner(), owner -> new Owned(owner, accountLimit));
    FunctionState function = new FunctionState(owned.account, definition.name(), definition.arn());
    owned.functions.put(definition.name(), function);
    return function;
  }

  /** Removes a function and answers it; what was resolved to it before is resolved again. */
  public FunctionState remove(Owner owner, String name) {
    FunctionState function = function(owner, name);
    if (function != null) {
      Owned owned = all.get(owner);
      function.withdrawn = true;
      owned.functions.remove(name);
      int before = owned.targets.size();
      owned.targets.values().removeIf(target -> target.function() == function);
      cached -= before - owned.targets.size();
    }
    return function;
  }

  /** All functions; allocates. */
  public List<FunctionState> all() {
    List<FunctionState> found = new ArrayList<>();
    all.values().forEach(owned -> found.addAll(owned.functions.values()));
    return found;
  }

  private Target targetOf(PendingInvocation invocation) {
    Owner owner = invocation.owner();
    Owned owned = owner == null ? own : all.get(owner);
    if (owned == null) {
      return null;
    }
    String text = invocation.functionText();
    boolean unqualified = invocation.qualifierText() == null;
    if (unqualified) {
      Target known = owned.targets.get(text);
      if (known != null) {
        return known;
      }
    }
    if (!(parse(owned.owner, invocation) instanceof FunctionName.Parsed name)) {
      return null;
    }
    FunctionState function = owned.functions.get(name.name());
    if (function == null) {
      return null;
    }
    Target target =
        new Target(
            function, name.effectiveQualifier(), name.arn().getBytes(StandardCharsets.UTF_8));
    if (unqualified) {
      keep(owned, text, target);
    }
    return target;
  }

  private void keep(Owned owned, String text, Target target) {
    if (cached >= CACHED_MAX) {
      all.values().forEach(each -> each.targets.clear());
      cached = 0;
    }
    owned.targets.put(text, target);
    cached++;
  }

  private static FunctionName parse(Owner owner, PendingInvocation invocation) {
    return FunctionName.parse(
        owner.account(), owner.region(), invocation.functionText(), invocation.qualifierText());
  }

  private Refusal refusalOf(PendingInvocation invocation) {
    Owner owner = invocation.owner() == null ? own.owner : invocation.owner();
    return switch (parse(owner, invocation)) {
      case FunctionName.Refused refused -> refused.refusal();
      case FunctionName.Parsed name ->
          Refusal.notFound(
              "Function not found: " + name.unqualifiedArn() + ":" + name.effectiveQualifier());
    };
  }

  private static VersionState version(FunctionState function, String qualifier, long random) {
    VersionState version = function.versions.get(qualifier);
    if (version != null) {
      return version;
    }
    FunctionState.Route route = function.routes.get(qualifier);
    if (route == null) {
      return null;
    }
    boolean second =
        route.secondVersion() != null && (random >>> 11) * 0x1.0p-53 < route.secondWeight();
    return function.versions.get(second ? route.secondVersion() : route.version());
  }
}
