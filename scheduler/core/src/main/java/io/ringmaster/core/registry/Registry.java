package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.RegistryStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The functions of one account, in memory, and in a store that outlives the engine. See {@link
 * Functions} for what each call does and the package for how.
 *
 * <p>Any thread but the dispatcher's. Refusals are thrown as {@link LambdaException}. If the
 * publication of a change fails, the change did not happen.
 */
public final class Registry implements Functions {
  private static final int UNRESERVED_MINIMUM = 100;

  private final RegistrySettings settings;
  private final PackageShelf packages;

  private final Object lock = new Object();

  /**
   * Held, outside of {@link #lock}, from the look how large code and layers are together until they
   * are in force together: two changes that fit one by one may be too large as a pair.
   */
  private final Object fitting = new Object();

  private final FunctionTable functions;
  private long lastVersionId;

  /**
   * @param settings what to know of the engine
   * @param store where functions are kept; closed by its owner, not here
   * @param codeStore where packages lie; closed by its owner, not here
   * @param handlers where in-JVM code is found
   * @param publisher makes changes known to the dispatcher
   */
  public Registry(
      RegistrySettings settings,
      RegistryStore store,
      CodeStore codeStore,
      InJvmHandlers handlers,
      FunctionPublisher publisher) {
    this.settings = settings;
    this.packages = new PackageShelf(codeStore, settings.failures());
    this.functions = new FunctionTable(store, packages, handlers, publisher, settings.failures());
  }

  /**
   * Brings back what an earlier engine kept, and publishes it. Once, before anything else. A
   * function whose record or package is damaged is reported and left out, and no package is removed
   * then that the functions served do not use.
   *
   * @throws IOException the store cannot be read
   */
  public void restore() throws IOException {
    synchronized (lock) {
      functions.restore(settings.account(), settings.region(), () -> ++lastVersionId);
    }
    packages.collect();
  }

  /**
   * Waits for the change that is being made, and refuses every later one. Before the dispatcher.
   */
  public void close() {
    synchronized (lock) {
      functions.close();
    }
  }

  @Override
  public FunctionConfiguration create(FunctionSpec spec) {
    return create(spec, false);
  }

  /**
   * Creates a function whose handler takes and returns bytes, without JSON and context object: for
   * channel benchmarks.
   */
  public FunctionConfiguration createRaw(FunctionSpec spec) {
    return create(spec, true);
  }

  private FunctionConfiguration create(FunctionSpec spec, boolean raw) {
    FunctionName.Parsed name = newName(spec.name());
    FunctionCode code = spec.code();
    if (code == null) {
      throw Refusals.invalid("Please provide a source for function code.");
    }
    SpecRules.check(spec, code instanceof FunctionCode.InJvm, settings);
    requireAbsent(name);
    StoredCode stored = packages.put(code);
    Layers layers = Layers.NONE;
    boolean kept = false;
    try {
      layers = packages.putLayers(spec.layers());
      packages.requireRoom(stored, layers);
      Content content = Content.of(spec, stored, layers, inJvm(code), settings.architecture(), raw);
      FunctionConfiguration answer;
      synchronized (lock) {
        requireAbsent(name);
        Version latest = newLatest(content);
        functions.commit(FunctionState.created(name, latest));
        kept = true;
        answer = latest.configuration(name);
      }
      return answer;
    } finally {
      if (!kept) {
        packages.release(stored);
        packages.release(layers);
      }
      packages.collect();
    }
  }

  @Override
  public FunctionConfiguration get(String name) {
    return get(name, null);
  }

  @Override
  public FunctionConfiguration get(String name, String qualifier) {
    FunctionName.Parsed parsed = parse(name, qualifier);
    synchronized (lock) {
      FunctionState function = functions.get(parsed.name());
      if (function == null) {
        throw Refusals.functionNotFound(parsed.arn());
      }
      String wanted = parsed.effectiveQualifier();
      Alias alias = function.aliases().get(wanted);
      Version version = function.version(alias == null ? wanted : alias.functionVersion());
      if (version == null) {
        throw Refusals.versionNotFound(parsed, wanted);
      }
      return version.configuration(function.name());
    }
  }

  @Override
  public List<FunctionConfiguration> list() {
    synchronized (lock) {
      List<FunctionConfiguration> all = new ArrayList<>();
      functions
          .all()
          .forEach(function -> all.add(function.latest().configuration(function.name())));
      return all;
    }
  }

  @Override
  public FunctionConfiguration updateCode(String name, FunctionCode code) {
    FunctionName.Parsed parsed = unqualified(name);
    if (code == null) {
      throw Refusals.invalid("Please provide a source for function code.");
    }
    synchronized (lock) {
      requireSameKind(require(parsed), code);
    }
    StoredCode stored = packages.put(code);
    StoredCode released = stored;
    try {
      synchronized (fitting) {
        packages.requireRoom(stored, content(parsed).layers());
        synchronized (lock) {
          FunctionState function = require(parsed);
          requireSameKind(function, code);
          StoredCode before = function.latest().content().stored();
          Content content = function.latest().content().withCode(stored, inJvm(code));
          FunctionState changed = function.withLatest(changed(function.latest(), content));
          functions.commit(changed);
          released = before;
          return changed.latest().configuration(parsed);
        }
      }
    } finally {
      packages.release(released);
      packages.collect();
    }
  }

  private Content content(FunctionName.Parsed name) {
    synchronized (lock) {
      return require(name).latest().content();
    }
  }

  private static void requireSameKind(FunctionState function, FunctionCode code) {
    boolean inJvm = function.latest().content().inJvm() != null;
    if (inJvm != code instanceof FunctionCode.InJvm) {
      throw Refusals.invalid("In-JVM code and deployment packages cannot replace each other.");
    }
  }

  @Override
  public FunctionConfiguration updateConfiguration(String name, FunctionSpec spec) {
    FunctionName.Parsed parsed = unqualified(name);
    SpecRules.check(spec, content(parsed).inJvm() != null, settings);
    Layers released = packages.putLayers(spec.layers());
    try {
      synchronized (fitting) {
        packages.requireRoom(content(parsed).stored(), released);
        synchronized (lock) {
          FunctionState function = require(parsed);
          Content before = function.latest().content();
          SpecRules.check(spec, before.inJvm() != null, settings);
          Content content =
              Content.of(
                  spec,
                  before.stored(),
                  released,
                  before.inJvm(),
                  settings.architecture(),
                  before.raw());
          FunctionState changed = function.withLatest(changed(function.latest(), content));
          functions.commit(changed);
          released = before.layers();
          return changed.latest().configuration(parsed);
        }
      }
    } finally {
      packages.release(released);
      packages.collect();
    }
  }

  @Override
  public void delete(String name) {
    FunctionName.Parsed parsed = parse(name, null);
    if (parsed.qualifier() != null) {
      deleteVersion(parsed);
      return;
    }
    synchronized (fitting) { // what is being looked at stays until it was looked at
      synchronized (lock) {
        FunctionState function = require(parsed);
        functions.remove(function);
        function.versions().forEach(version -> packages.release(version.content()));
      }
    }
    packages.collect();
  }

  @Override
  public void deleteVersion(String name, String version) {
    deleteVersion(parse(name, Objects.requireNonNull(version, "version")));
  }

  private void deleteVersion(FunctionName.Parsed name) {
    String label = name.qualifier();
    if (label.equals(FunctionName.LATEST)) {
      throw Refusals.invalid("$LATEST version cannot be deleted without deleting the function.");
    }
    synchronized (lock) {
      FunctionState function = require(name);
      if (function.aliases().containsKey(label)) {
        throw Refusals.invalid("Deletion of aliases is not currently supported.");
      }
      Version version = function.version(label);
      if (version == null) {
        throw Refusals.versionNotFound(name, label);
      }
      List<String> referring =
          function.aliases().values().stream()
              .filter(alias -> refersTo(alias, label))
              .map(Alias::name)
              .toList();
      if (!referring.isEmpty()) {
        throw Refusals.conflict(
            "Unable to delete version because the following aliases reference it: " + referring);
      }
      functions.commit(function.withoutPublished(Integer.parseInt(label)));
      packages.release(version.content());
    }
    packages.collect();
  }

  private static boolean refersTo(Alias alias, String label) {
    return alias.functionVersion().equals(label)
        || alias.additionalVersionWeights().containsKey(label);
  }

  @Override
  public FunctionConfiguration publishVersion(String name, String description) {
    FunctionName.Parsed parsed = unqualified(name);
    SpecRules.checkDescription(description);
    synchronized (lock) {
      FunctionState function = require(parsed);
      Version latest = function.latest();
      var last = function.published().lastEntry();
      if (last != null && last.getValue().content().equals(latest.content())) {
        return last.getValue().configuration(parsed);
      }
      int number = function.lastNumber() + 1;
      Version version =
          new Version(
              ++lastVersionId,
              Integer.toString(number),
              latest.content(),
              Objects.requireNonNullElse(description, latest.description()),
              settings.clock().instant(),
              newRevision());
      packages.retain(latest.content());
      boolean committed = false;
      try {
        functions.commit(function.withPublished(number, version));
        committed = true;
      } finally {
        if (!committed) {
          packages.release(latest.content());
        }
      }
      return version.configuration(parsed);
    }
  }

  @Override
  public List<FunctionConfiguration> listVersions(String name) {
    FunctionName.Parsed parsed = unqualified(name);
    synchronized (lock) {
      return require(parsed).versions().stream()
          .map(version -> version.configuration(parsed))
          .toList();
    }
  }

  @Override
  public Alias createAlias(
      String name, String alias, String version, String description, Map<String, Double> weights) {
    FunctionName.Parsed parsed = unqualified(name);
    AliasRules.checkName(alias);
    synchronized (lock) {
      FunctionState function = require(parsed);
      String arn = parsed.unqualifiedArn() + ":" + alias;
      if (function.aliases().containsKey(alias)) {
        throw Refusals.conflict("Alias already exists: " + arn);
      }
      Map<String, Double> shares = weights == null ? Map.of() : Map.copyOf(weights);
      AliasRules.check(function, parsed, version, description, shares);
      Alias created =
          new Alias(
              arn,
              alias,
              version,
              Objects.requireNonNullElse(description, ""),
              shares,
              newRevision());
      functions.commit(function.withAlias(created));
      return created;
    }
  }

  @Override
  public Alias updateAlias(
      String name, String alias, String version, String description, Map<String, Double> weights) {
    FunctionName.Parsed parsed = unqualified(name);
    AliasRules.checkName(alias);
    synchronized (lock) {
      FunctionState function = require(parsed);
      Alias before = function.aliases().get(alias);
      if (before == null) {
        throw Refusals.aliasToUpdateNotFound(parsed.unqualifiedArn() + ":" + alias);
      }
      String newVersion = Objects.requireNonNullElse(version, before.functionVersion());
      String newDescription = Objects.requireNonNullElse(description, before.description());
      Map<String, Double> shares =
          weights == null ? before.additionalVersionWeights() : Map.copyOf(weights);
      AliasRules.check(function, parsed, newVersion, newDescription, shares);
      Alias changed =
          new Alias(before.arn(), alias, newVersion, newDescription, shares, newRevision());
      functions.commit(function.withAlias(changed));
      return changed;
    }
  }

  @Override
  public Alias getAlias(String name, String alias) {
    FunctionName.Parsed parsed = unqualified(name);
    AliasRules.checkName(alias);
    synchronized (lock) {
      Alias found = require(parsed).aliases().get(alias);
      if (found == null) {
        throw Refusals.aliasNotFound(parsed.unqualifiedArn() + ":" + alias);
      }
      return found;
    }
  }

  @Override
  public List<Alias> listAliases(String name) {
    FunctionName.Parsed parsed = unqualified(name);
    synchronized (lock) {
      return List.copyOf(require(parsed).aliases().values());
    }
  }

  @Override
  public void deleteAlias(String name, String alias) {
    FunctionName.Parsed parsed = unqualified(name);
    AliasRules.checkName(alias);
    synchronized (lock) {
      FunctionState function = require(parsed);
      if (function.aliases().containsKey(alias)) {
        functions.commit(function.withoutAlias(alias));
      }
    }
  }

  @Override
  public void putConcurrency(String name, int reserved) {
    FunctionName.Parsed parsed = unqualified(name);
    new Constraints().range("reservedConcurrentExecutions", reserved, 0, Integer.MAX_VALUE).check();
    synchronized (lock) {
      FunctionState function = functions.get(parsed.name());
      if (function == null) {
        throw Refusals.functionNotFound(parsed.unqualifiedArn() + ":" + FunctionName.LATEST);
      }
      requireUnreserved(function, reserved);
      functions.commit(function.withReserved(reserved));
    }
  }

  /**
   * The account keeps 100 unreserved, or all of a limit that is smaller, as AWS's small accounts
   * have it.
   */
  private void requireUnreserved(FunctionState function, int reserved) {
    long others = 0;
    for (FunctionState other : functions.all()) {
      if (other != function) {
        others += Math.max(0, other.reserved());
      }
    }
    int minimum = Math.min(UNRESERVED_MINIMUM, settings.accountConcurrency());
    if (settings.accountConcurrency() - others - reserved < minimum) {
      throw Refusals.invalid(
          "Specified ReservedConcurrentExecutions for function decreases account's"
              + " UnreservedConcurrentExecution below its minimum value of ["
              + minimum
              + "].");
    }
  }

  @Override
  public int getConcurrency(String name) {
    FunctionName.Parsed parsed = unqualified(name);
    synchronized (lock) {
      return require(parsed).reserved();
    }
  }

  @Override
  public void deleteConcurrency(String name) {
    FunctionName.Parsed parsed = unqualified(name);
    synchronized (lock) {
      FunctionState function = require(parsed);
      if (function.reserved() >= 0) {
        functions.commit(function.withReserved(-1));
      }
    }
  }

  // The table; all under the lock.

  private FunctionState require(FunctionName.Parsed name) {
    FunctionState function = functions.get(name.name());
    if (function == null) {
      throw Refusals.functionNotFound(name.arn());
    }
    return function;
  }

  private void requireAbsent(FunctionName.Parsed name) {
    synchronized (lock) {
      if (functions.get(name.name()) != null) {
        throw Refusals.conflict("Function already exist: " + name.name());
      }
    }
  }

  private Version newLatest(Content content) {
    return new Version(
        ++lastVersionId,
        FunctionName.LATEST,
        content,
        content.description(),
        settings.clock().instant(),
        newRevision());
  }

  /**
   * {@code $LATEST} after a change: with a new id, and so new environments, unless it runs as
   * before.
   */
  private Version changed(Version before, Content content) {
    Version after = newLatest(content);
    return content.runsAs(before.content())
        ? new Version(
            before.id(),
            before.label(),
            content,
            content.description(),
            after.lastModified(),
            after.revisionId())
        : after;
  }

  // Names.

  private FunctionName.Parsed parse(String name, String qualifier) {
    return switch (FunctionName.parse(settings.account(), settings.region(), name, qualifier)) {
      case FunctionName.Parsed parsed -> parsed;
      case FunctionName.Refused refused -> throw new LambdaException(refused.refusal());
    };
  }

  /** A function as a whole: {@code $LATEST} is allowed as its qualifier, and dropped. */
  private FunctionName.Parsed unqualified(String name) {
    FunctionName.Parsed parsed = parse(name, null);
    if (parsed.qualifier() == null) {
      return parsed;
    }
    if (!parsed.qualifier().equals(FunctionName.LATEST)) {
      throw Refusals.unqualifiedOnly();
    }
    return new FunctionName.Parsed(parsed.account(), parsed.region(), parsed.name(), null);
  }

  private FunctionName.Parsed newName(String name) {
    new Constraints()
        .present("functionName", name)
        .length("functionName", name, 1, 140)
        .pattern("functionName", name, SpecRules.NAME)
        .check();
    return unqualified(name);
  }

  private static FunctionCode.InJvm inJvm(FunctionCode code) {
    return code instanceof FunctionCode.InJvm inJvm ? inJvm : null;
  }

  private static String newRevision() {
    return UUID.randomUUID().toString();
  }
}
