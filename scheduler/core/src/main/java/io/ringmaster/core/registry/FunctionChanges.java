package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.api.CodeUpdate;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.PublishRequest;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** What makes, changes and removes functions and their versions. */
final class FunctionChanges {
  private final Shared shared;
  private final FunctionTable functions;
  private final PackageShelf packages;
  private final LayerReferences layers;

  FunctionChanges(Shared shared) {
    this.shared = shared;
    this.functions = shared.functions;
    this.packages = shared.packages;
    this.layers = new LayerReferences(shared);
  }

  FunctionConfiguration create(FunctionName.Parsed name, FunctionSpec spec, boolean raw) {
    FunctionCode code = spec.code();
    if (code == null) {
      throw Refusals.invalid("Please provide a source for function code.");
    }
    SpecRules.check(spec, code instanceof FunctionCode.InJvm, shared.settings);
    TagRules.check(spec.tags());
    requireAbsent(name);
    StoredCode stored = packages.put(code);
    LayerSet together = LayerSet.NONE;
    boolean kept = false;
    try {
      together = layers.merge(name.owner(), spec, LayerSet.NONE);
      packages.requireRoom(stored, together);
      Content content =
          Content.of(
              name.name(),
              spec,
              stored,
              together,
              inJvm(code),
              shared.settings.architecture(),
              raw);
      FunctionConfiguration answer;
      synchronized (shared.lock) {
        requireAbsent(name);
        shared.requireStorage(name.owner(), stored, null);
        Instant now = shared.now();
        Version latest = latest(content, shared.settling(false, now), now);
        FunctionState created = FunctionState.created(name, latest, spec.tags());
        Version answered = latest;
        if (spec.publish()) {
          answered = publication(created, content.spec().description());
          commitPublished(created, answered);
        } else {
          functions.commit(created);
        }
        kept = true;
        answer = answered.configuration(name, null, now);
      }
      return answer;
    } finally {
      if (!kept) {
        packages.release(stored);
        packages.release(together);
      }
      packages.collect();
    }
  }

  FunctionConfiguration updateCode(FunctionName.Parsed name, CodeUpdate update) {
    FunctionCode code = update.code();
    if (code == null) {
      throw Refusals.invalid("Please provide a source for function code.");
    }
    SpecRules.checkArchitectures(update.architectures(), shared.settings);
    requireMayUpdate(shared.require(name), update);
    StoredCode stored = packages.put(code);
    StoredCode released = stored;
    try {
      synchronized (shared.fitting) {
        packages.requireRoom(stored, shared.require(name).latest().content().layers());
        synchronized (shared.lock) {
          FunctionState function = shared.require(name);
          requireMayUpdate(function, update);
          Content before = function.latest().content();
          shared.requireStorage(name.owner(), stored, before.stored());
          Content content = before.withCode(stored, inJvm(code), update.architectures());
          Instant now = shared.now();
          if (update.dryRun()) {
            Version present = function.latest();
            return present.with(content).configuration(name, null, now);
          }
          Version latest = changed(function.latest(), content, now);
          FunctionState changed = function.withLatest(latest);
          Version answered = latest;
          if (update.publish()) {
            answered = commitPublication(changed, latest.description());
          } else {
            functions.commit(changed);
          }
          released = before.stored();
          return answered.configuration(name, answered.latest() ? null : answered.label(), now);
        }
      }
    } finally {
      packages.release(released);
      packages.collect();
    }
  }

  private void requireMayUpdate(FunctionState function, CodeUpdate update) {
    shared.requireSettled(function);
    Shared.requireRevision(
        update.revisionId(), function.latest().revisionId(), Refusals.GET_FUNCTION_OR_ALIAS);
    boolean inJvm = function.latest().content().inJvm() != null;
    if (inJvm != update.code() instanceof FunctionCode.InJvm) {
      throw Refusals.invalid("In-JVM code and deployment packages cannot replace each other.");
    }
  }

  FunctionConfiguration updateConfiguration(
      FunctionName.Parsed name, UnaryOperator<FunctionSpec> change, String revisionId) {
    FunctionConfiguration answer = null;
    while (answer == null) { // each time round somebody else made a change
      FunctionState seen = shared.require(name);
      shared.requireSettled(seen);
      Shared.requireRevision(
          revisionId, seen.latest().revisionId(), Refusals.GET_FUNCTION_OR_ALIAS);
      FunctionSpec spec = change.apply(seen.latest().content().spec());
      SpecRules.check(spec, seen.latest().content().inJvm() != null, shared.settings);
      answer = updateConfiguration(name, seen.latest(), spec);
    }
    return answer;
  }

  /** Null: {@code $LATEST} is not any more what was seen. */
  private FunctionConfiguration updateConfiguration(
      FunctionName.Parsed name, Version seen, FunctionSpec spec) {
    LayerSet present = seen.content().layers();
    boolean sameLayers = spec.layers() == null && spec.layerArns().equals(present.arns());
    LayerSet wanted = present;
    if (!sameLayers) {
      wanted = layers.mergeAnew(name, seen, spec);
      if (wanted == null) {
        return null;
      }
    }
    LayerSet released = sameLayers ? LayerSet.NONE : wanted;
    try {
      synchronized (shared.fitting) {
        if (shared.require(name).latest() != seen) {
          return null; // and what was seen may go
        }
        if (!sameLayers) {
          packages.requireRoom(seen.content().stored(), wanted);
        }
        synchronized (shared.lock) {
          FunctionState function = shared.require(name);
          if (function.latest() != seen) {
            return null;
          }
          Content content =
              Content.of(
                  name.name(),
                  spec,
                  seen.content().stored(),
                  wanted,
                  seen.content().inJvm(),
                  shared.settings.architecture(),
                  seen.content().raw());
          Instant now = shared.now();
          FunctionState changed = function.withLatest(changed(seen, content, now));
          functions.commit(changed);
          released = sameLayers ? LayerSet.NONE : present;
          return changed.latest().configuration(name, null, now);
        }
      }
    } finally {
      packages.release(released);
      packages.collect();
    }
  }

  FunctionConfiguration publish(FunctionName.Parsed name, PublishRequest request) {
    SpecRules.checkDescription(request.description());
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      shared.requireSettled(function);
      Version latest = function.latest();
      Shared.requireRevision(
          request.revisionId(), latest.revisionId(), Refusals.GET_FUNCTION_OR_ALIAS);
      StoredCode stored = latest.content().stored();
      String sha256 = stored == null ? "" : stored.sha256();
      if (request.codeSha256() != null && !request.codeSha256().equals(sha256)) {
        throw Refusals.invalid(
            "CodeSHA256 ("
                + request.codeSha256()
                + ") is different from current CodeSHA256 in $LATEST ("
                + sha256
                + "). Please try again with the CodeSHA256 in $LATEST.");
      }
      Version version =
          commitPublication(
              function, Objects.requireNonNullElse(request.description(), latest.description()));
      return version.configuration(name, version.label(), shared.now());
    }
  }

  /** Publishes what {@code $LATEST} is, unless that was published last. Under the lock. */
  private Version commitPublication(FunctionState function, String description) {
    var last = function.published().lastEntry();
    if (last != null && last.getValue().content().equals(function.latest().content())) {
      FunctionState present = functions.get(function.owner(), function.name().name());
      if (present.latest() != function.latest()) {
        functions.commit(function);
      }
      return last.getValue();
    }
    Version version = publication(function, description);
    commitPublished(function, version);
    return version;
  }

  private Version publication(FunctionState function, String description) {
    Instant now = shared.now();
    return new Version(
        shared.newVersionId(),
        Integer.toString(function.lastNumber() + 1),
        function.latest().content(),
        description,
        now,
        Shared.newRevision(),
        shared.settling(false, now));
  }

  private void commitPublished(FunctionState function, Version version) {
    packages.retain(version.content());
    boolean committed = false;
    try {
      functions.commit(function.withPublished(version));
      committed = true;
    } finally {
      if (!committed) {
        packages.release(version.content());
      }
    }
  }

  void delete(FunctionName.Parsed name) {
    synchronized (shared.fitting) { // what is being looked at stays until it was looked at
      synchronized (shared.lock) {
        FunctionState function = shared.require(name);
        functions.remove(function);
        function.versions().forEach(version -> packages.release(version.content()));
      }
    }
    packages.collect();
  }

  void deleteVersion(FunctionName.Parsed name) {
    String label = name.qualifier();
    if (label.equals(FunctionName.LATEST)) {
      throw Refusals.invalid("$LATEST version cannot be deleted without deleting the function.");
    }
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      if (function.aliases().containsKey(label)) {
        throw Refusals.invalid("Deletion of aliases is not currently supported.");
      }
      Version version = function.version(label);
      if (version == null) {
        throw Refusals.versionNotFound(name, label);
      }
      List<String> referring =
          function.aliases().values().stream()
              .filter(alias -> Aliases.refersTo(alias, label))
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

  private void requireAbsent(FunctionName.Parsed name) {
    if (functions.get(name.owner(), name.name()) != null) {
      throw Refusals.conflict("Function already exist: " + name.name());
    }
  }

  private Version latest(Content content, Version.Settling settling, Instant now) {
    return new Version(
        shared.newVersionId(),
        FunctionName.LATEST,
        content,
        content.spec().description(),
        now,
        Shared.newRevision(),
        settling);
  }

  /**
   * {@code $LATEST} after a change: with a new id, and so new environments, unless it runs as
   * before.
   */
  private Version changed(Version before, Content content, Instant now) {
    Version after = latest(content, shared.settling(true, now), now);
    return content.runsAs(before.content()) ? after.withId(before.id()) : after;
  }

  private static FunctionCode.InJvm inJvm(FunctionCode code) {
    return code instanceof FunctionCode.InJvm inJvm ? inJvm : null;
  }
}
