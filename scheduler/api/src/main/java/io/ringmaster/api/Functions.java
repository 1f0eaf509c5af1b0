package io.ringmaster.api;

import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Functions, versions, aliases, reserved concurrency, with AWS Lambda's meaning of each.
 *
 * <p>{@code name} is a function name, a partial ARN ({@code 123456789012:function:NAME}) or a full
 * ARN, with or without a qualifier where a qualifier makes sense; it is read relative to the owner
 * of these functions: an ARN of another region is not found, one of another account is refused. A
 * change is in force for every invocation submitted after the call returned.
 *
 * <p>A {@code revisionId}, where one can be given, is a condition: if what is to be changed has
 * another revision, nothing changes and the answer is 412. Null: any revision.
 *
 * @see LambdaException every method throws it for what AWS refuses
 */
public interface Functions {

  /**
   * Kind of the documents that keep provisioned concurrency: JSON with a number, {@code
   * RequestedProvisionedConcurrentExecutions}. Reserved concurrency is no less than their sum.
   */
  String PROVISIONED_CONCURRENCY = "provisioned-concurrency";

  /**
   * Kind of the documents that say how asynchronous invocations are retried and where their records
   * go: JSON as AWS shows a {@code FunctionEventInvokeConfig}.
   */
  String EVENT_INVOKE_CONFIG = "event-invoke-config";

  /**
   * Creates a function. 409 if it exists, 400 if a value is not possible.
   *
   * @return {@code $LATEST}; the first version, if one is published
   */
  FunctionConfiguration create(FunctionSpec spec);

  /** The configuration of {@code $LATEST}, or of the version or alias in the name. */
  FunctionConfiguration get(String name);

  /** The configuration of the version that a qualifier means; null: {@code $LATEST}. */
  FunctionConfiguration get(String name, String qualifier);

  /** As {@link #get(String, String)}, with what is known of the function as a whole. */
  FunctionOverview describe(String name, String qualifier);

  /**
   * The package of a version, as an archive: byte for byte as it was uploaded; made of the files
   * where the code was given as files or as a folder. To be closed. 404 for in-JVM code, which has
   * none.
   */
  InputStream openCode(String name, String qualifier);

  /** {@code $LATEST} of every function, by name. */
  List<FunctionConfiguration> list();

  /**
   * {@code $LATEST} of functions, by name.
   *
   * @param after name after which to begin; null: at the start
   * @param max how many at most, 1 or more
   */
  Page<FunctionConfiguration> list(String after, int max);

  /**
   * Replaces the code of {@code $LATEST}. Environments of the old code end with their running
   * invocation.
   *
   * @return {@code $LATEST}, or the version that is published of it
   */
  FunctionConfiguration updateCode(String name, CodeUpdate update);

  /** Replaces the code of {@code $LATEST}, without any condition. */
  default FunctionConfiguration updateCode(String name, FunctionCode code) {
    return updateCode(name, CodeUpdate.of(code));
  }

  /**
   * Changes the configuration of {@code $LATEST}.
   *
   * @param change gets the present configuration and answers the new one; pure, as it may run more
   *     than once. Name, code, tags and publish of its answer are ignored. {@link
   *     FunctionSpec#layers()} is null in what it gets: if it answers null too, layers given inline
   *     stay as long as {@link FunctionSpec#layerArns()} is not changed
   */
  FunctionConfiguration updateConfiguration(
      String name, UnaryOperator<FunctionSpec> change, String revisionId);

  /**
   * Replaces the configuration of {@code $LATEST}, without any condition; the name and the code of
   * {@code spec} are ignored.
   */
  default FunctionConfiguration updateConfiguration(String name, FunctionSpec spec) {
    return updateConfiguration(name, present -> spec, null);
  }

  /**
   * Deletes the function with all its versions and aliases. Queued invocations are answered 404.
   */
  void delete(String name);

  /** Deletes one published version. 400 for {@code $LATEST}, 409 while an alias refers to it. */
  void deleteVersion(String name, String version);

  /**
   * Publishes {@code $LATEST} as an immutable version. If nothing changed since the last one, that
   * one is answered.
   */
  FunctionConfiguration publishVersion(String name, PublishRequest request);

  /**
   * Publishes {@code $LATEST}, without any condition.
   *
   * @param description see {@link PublishRequest#description()}
   */
  default FunctionConfiguration publishVersion(String name, String description) {
    return publishVersion(name, new PublishRequest(description, null, null));
  }

  /** Publishes {@code $LATEST} as it is, without any condition. */
  default FunctionConfiguration publishVersion(String name) {
    return publishVersion(name, new PublishRequest(null, null, null));
  }

  /** {@code $LATEST} and the published versions, oldest first. */
  List<FunctionConfiguration> listVersions(String name);

  /**
   * Creates an alias.
   *
   * @param weights empty, or one further version and its share of the invocations, 0.0 to 1.0
   */
  Alias createAlias(
      String name, String alias, String version, String description, Map<String, Double> weights);

  /** Changes an alias; null leaves a value as it is. */
  Alias updateAlias(
      String name,
      String alias,
      String version,
      String description,
      Map<String, Double> weights,
      String revisionId);

  /** Changes an alias, without any condition. */
  default Alias updateAlias(
      String name, String alias, String version, String description, Map<String, Double> weights) {
    return updateAlias(name, alias, version, description, weights, null);
  }

  /** One alias. */
  Alias getAlias(String name, String alias);

  /** All aliases of a function, by name. */
  List<Alias> listAliases(String name);

  /**
   * The aliases of a function that send invocations to a version, all or a part of them, by name.
   */
  List<Alias> listAliases(String name, String version);

  /** Deletes an alias; nothing happens if there is none. */
  void deleteAlias(String name, String alias);

  /**
   * Reserves concurrency for a function; 0 switches it off.
   *
   * @param reserved 0 to what leaves the account 100 unreserved, and no less than the provisioned
   *     concurrency of the function's versions and aliases together
   */
  void putConcurrency(String name, int reserved);

  /** The reserved concurrency, or −1. */
  int getConcurrency(String name);

  /** Gives the reservation back. */
  void deleteConcurrency(String name);

  /** The function's tags, by key. */
  Map<String, String> tags(String name);

  /** Adds tags, replacing those with the same keys; at most 50 in all. */
  void tag(String name, Map<String, String> tags);

  /** Removes tags; keys that are not there are no error. */
  void untag(String name, Collection<String> keys);

  /**
   * The policy of a function, or of one of its versions or aliases. 404 if there is none.
   *
   * @param qualifier version or alias; null: the function
   */
  ResourcePolicy policy(String name, String qualifier);

  /**
   * Adds a statement to a policy; 409 if it has one with that id. The policy is kept and shown; its
   * JSON is the caller's, 20 KiB at most in all.
   *
   * @return the statement as kept
   */
  Statement addPermission(String name, String qualifier, Statement statement, String revisionId);

  /** Removes a statement from a policy. 404 if there is none. */
  void removePermission(String name, String qualifier, String statementId, String revisionId);

  /**
   * A document kept for a function, a version or an alias, such as its {@code url} configuration.
   *
   * @param qualifier version or alias; null: the function ({@code $LATEST})
   * @param kind letters, digits and hyphens
   * @return its JSON; null: there is none
   */
  String document(String name, String qualifier, String kind);

  /** Keeps a document, in the place of the one that is there. See {@link #document}. */
  void putDocument(String name, String qualifier, String kind, String json);

  /**
   * Changes a document, while nothing else of any function changes. See {@link #document}.
   *
   * @param change gets the document that is there, or null, and answers what is to be kept, or
   *     null: nothing. It may read functions; what it throws, the caller gets, and nothing changes
   * @return what is kept now
   */
  String updateDocument(String name, String qualifier, String kind, UnaryOperator<String> change);

  /** Removes a document; false: there was none. See {@link #document}. */
  boolean deleteDocument(String name, String qualifier, String kind);

  /** All documents of a kind by qualifier, {@code $LATEST} among them. See {@link #document}. */
  Map<String, String> documents(String name, String kind);
}
