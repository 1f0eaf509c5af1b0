package io.ringmaster.core.resolve;

import io.ringmaster.api.Refusal;
import io.ringmaster.core.model.AccountState;
import io.ringmaster.core.model.FunctionState;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Target;
import io.ringmaster.core.model.VersionState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What names mean. Dispatcher thread only. Warm look-ups allocate nothing: a call that is used
 * again keeps its {@link Target}, and unqualified names have a bounded cache.
 */
public final class FunctionTable {
  private static final int CACHED_MAX = 16_384;

  private final String account;
  private final String region;
  private final int accountLimit;
  private final Map<String, AccountState> accounts = new HashMap<>();
  private final Map<String, Map<String, FunctionState>> functions = new HashMap<>();
  private final Map<String, Target> targets = new HashMap<>();

  /**
   * @param account the account that unqualified names belong to
   * @param region the region that ARNs must name
   * @param accountLimit concurrency of each account
   */
  public FunctionTable(String account, String region, int accountLimit) {
    this.account = account;
    this.region = region;
    this.accountLimit = accountLimit;
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

  /** The account's state. */
  public AccountState account(String id) {
    return accounts.computeIfAbsent(id, key -> new AccountState(key, accountLimit));
  }

  /** The function; null: there is none. */
  public FunctionState function(String ofAccount, String name) {
    Map<String, FunctionState> ofThisAccount = functions.get(ofAccount);
    return ofThisAccount == null ? null : ofThisAccount.get(name);
  }

  /** Adds a function that is not there yet. */
  public FunctionState add(FunctionDefinition definition) {
    FunctionState function =
        new FunctionState(account(definition.account()), definition.name(), definition.arn());
    functions
        .computeIfAbsent(definition.account(), key -> new HashMap<>())
        .put(definition.name(), function);
    return function;
  }

  /** Removes a function; what was resolved to it before is resolved again. */
  public void remove(FunctionState function) {
    function.withdrawn = true;
    Map<String, FunctionState> ofThisAccount = functions.get(function.account.id);
    ofThisAccount.remove(function.name);
    if (ofThisAccount.isEmpty()) {
      functions.remove(function.account.id);
    }
    targets.values().removeIf(target -> target.function() == function);
  }

  /** All functions; allocates. */
  public List<FunctionState> all() {
    List<FunctionState> all = new ArrayList<>();
    functions.values().forEach(ofAccount -> all.addAll(ofAccount.values()));
    return all;
  }

  private Target targetOf(PendingInvocation invocation) {
    String text = invocation.functionText();
    boolean unqualified = invocation.qualifierText() == null;
    if (unqualified) {
      Target cached = targets.get(text);
      if (cached != null) {
        return cached;
      }
    }
    if (!(FunctionName.parse(account, region, text, invocation.qualifierText())
        instanceof FunctionName.Parsed name)) {
      return null;
    }
    FunctionState function = function(name.account(), name.name());
    if (function == null) {
      return null;
    }
    Target target =
        new Target(
            function, name.effectiveQualifier(), name.arn().getBytes(StandardCharsets.UTF_8));
    if (unqualified) {
      if (targets.size() >= CACHED_MAX) {
        targets.clear();
      }
      targets.put(text, target);
    }
    return target;
  }

  private Refusal refusalOf(PendingInvocation invocation) {
    return switch (FunctionName.parse(
        account, region, invocation.functionText(), invocation.qualifierText())) {
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
