package io.ringmaster.core.registry;

import io.ringmaster.api.ResourcePolicy;
import io.ringmaster.api.Statement;
import io.ringmaster.core.resolve.FunctionName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Tags, policies and documents of functions: what the dispatcher need not know. */
final class Attachments {
  private static final int POLICY_BYTES_MAX = 20_480;

  /** {@code {"Version":"2012-10-17","Id":"default","Statement":[]}}. */
  private static final int POLICY_FRAME_BYTES = 55;

  private static final int DOCUMENT_BYTES_MAX = 256 * 1024;
  private static final Pattern KIND = Pattern.compile("[a-zA-Z0-9-]{1,64}");
  private static final Pattern STATEMENT_ID = Pattern.compile("([a-zA-Z0-9-_]+)");
  private static final String GET_POLICY = "GetPolicy";

  private final Shared shared;

  Attachments(Shared shared) {
    this.shared = shared;
  }

  // ---- tags ----

  Map<String, String> tags(FunctionName.Parsed name) {
    return shared.require(name).attached().tags();
  }

  void tag(FunctionName.Parsed name, Map<String, String> tags) {
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      Attached after = function.attached().withTags(tags);
      TagRules.check(after.tags());
      commitRevised(function.withAttached(after), FunctionName.LATEST);
    }
  }

  void untag(FunctionName.Parsed name, Collection<String> keys) {
    synchronized (shared.lock) {
      FunctionState function = shared.require(name);
      commitRevised(
          function.withAttached(function.attached().withoutTags(keys)), FunctionName.LATEST);
    }
  }

  /** A change that whatever has the qualifier gets a new revision by. */
  private void commitRevised(FunctionState function, String qualifier) {
    shared.functions.commitUnpublished(function.withRevision(qualifier, Shared.newRevision()));
  }

  // ---- policies ----

  ResourcePolicy policy(FunctionName.Parsed name) {
    FunctionState function = requireQualified(name);
    List<Statement> statements = function.attached().policy(name.effectiveQualifier());
    if (statements.isEmpty()) {
      throw Refusals.resourceNotFound();
    }
    return new ResourcePolicy(function.revision(name.effectiveQualifier()), statements);
  }

  Statement add(FunctionName.Parsed name, Statement statement, String revisionId) {
    new Constraints()
        .length("statementId", statement.id(), 1, 100)
        .pattern("statementId", statement.id(), STATEMENT_ID)
        .check();
    if (FunctionName.LATEST.equals(name.qualifier())) {
      throw Refusals.invalid("We currently do not support adding policies for $LATEST.");
    }
    String qualifier = name.effectiveQualifier();
    synchronized (shared.lock) {
      FunctionState function = requireQualified(name);
      Shared.requireRevision(revisionId, function.revision(qualifier), GET_POLICY);
      List<Statement> statements = new ArrayList<>(function.attached().policy(qualifier));
      if (statements.stream().anyMatch(other -> other.id().equals(statement.id()))) {
        throw Refusals.conflict(
            "The statement id ("
                + statement.id()
                + ") provided already exists. Please provide a new statement id, or remove the"
                + " existing statement.");
      }
      statements.add(statement);
      long size = POLICY_FRAME_BYTES + statements.size() - 1L;
      for (Statement each : statements) {
        size += each.json().getBytes(StandardCharsets.UTF_8).length;
      }
      if (size > POLICY_BYTES_MAX) {
        throw Refusals.policyTooLong(size, POLICY_BYTES_MAX);
      }
      commitRevised(
          function.withAttached(function.attached().withPolicy(qualifier, statements)), qualifier);
      return statement;
    }
  }

  void remove(FunctionName.Parsed name, String statementId, String revisionId) {
    String qualifier = name.effectiveQualifier();
    synchronized (shared.lock) {
      FunctionState function = requireQualified(name);
      List<Statement> statements = new ArrayList<>(function.attached().policy(qualifier));
      if (statements.isEmpty()) {
        throw Refusals.noPolicy();
      }
      if (!statements.removeIf(statement -> statement.id().equals(statementId))) {
        throw Refusals.statementNotFound(statementId);
      }
      Shared.requireRevision(revisionId, function.revision(qualifier), GET_POLICY);
      commitRevised(
          function.withAttached(function.attached().withPolicy(qualifier, statements)), qualifier);
    }
  }

  /** A function that has the qualifier. */
  private FunctionState requireQualified(FunctionName.Parsed name) {
    FunctionState function = shared.functions.get(name.owner(), name.name());
    if (function == null) {
      throw Refusals.functionNotFound(name.unqualifiedArn());
    }
    String qualifier = name.effectiveQualifier();
    if (function.revision(qualifier) == null) {
      throw isVersion(qualifier)
          ? Refusals.versionNotFound(name, qualifier)
          : Refusals.aliasNotFound(name.unqualifiedArn() + ":" + qualifier);
    }
    return function;
  }

  private static boolean isVersion(String qualifier) {
    return qualifier.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  // ---- documents ----

  String document(FunctionName.Parsed name, String kind) {
    return requireKnown(name).attached().documentsOf(kind(kind)).get(name.effectiveQualifier());
  }

  Map<String, String> documents(FunctionName.Parsed name, String kind) {
    return new TreeMap<>(requireKnown(name).attached().documentsOf(kind(kind)));
  }

  void put(FunctionName.Parsed name, String kind, String json) {
    update(name, kind, present -> json);
  }

  String update(FunctionName.Parsed name, String kind, UnaryOperator<String> change) {
    String qualifier = name.effectiveQualifier();
    synchronized (shared.lock) {
      FunctionState function = requireKnown(name);
      String present = function.attached().documentsOf(kind(kind)).get(qualifier);
      String json = change.apply(present);
      if (json != null && json.getBytes(StandardCharsets.UTF_8).length > DOCUMENT_BYTES_MAX) {
        throw Refusals.invalid("A " + kind + " configuration is larger than its limit.");
      }
      if (!Objects.equals(json, present)) {
        Attached after = function.attached().withDocument(kind, qualifier, json);
        shared.functions.commitUnpublished(function.withAttached(after));
      }
      return json;
    }
  }

  boolean delete(FunctionName.Parsed name, String kind) {
    boolean[] there = {false};
    update(
        name,
        kind,
        present -> {
          there[0] = present != null;
          return null;
        });
    return there[0];
  }

  private FunctionState requireKnown(FunctionName.Parsed name) {
    FunctionState function = shared.require(name);
    if (function.revision(name.effectiveQualifier()) == null) {
      throw Refusals.versionNotFound(name, name.effectiveQualifier());
    }
    return function;
  }

  private static String kind(String kind) {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("a document of kind " + kind);
    }
    return kind;
  }
}
