package io.ringmaster.api;

import java.util.List;
import java.util.Map;

/**
 * Functions, versions, aliases, reserved concurrency, with AWS Lambda's meaning of each.
 *
 * <p>{@code name} is a function name, a partial ARN ({@code 123456789012:function:NAME}) or a full
 * ARN, with or without a qualifier where a qualifier makes sense. A change is in force for every
 * invocation submitted after the call returned.
 *
 * @see LambdaException every method throws it for what AWS refuses
 */
public interface Functions {

  /** Creates a function. 409 if it exists, 400 if a value is not possible. */
  FunctionConfiguration create(FunctionSpec spec);

  /** The configuration of {@code $LATEST}, or of the version or alias in the name. */
  FunctionConfiguration get(String name);

  /** The configuration of the version that a qualifier means; null: {@code $LATEST}. */
  FunctionConfiguration get(String name, String qualifier);

  /** {@code $LATEST} of every function, by name. */
  List<FunctionConfiguration> list();

  /**
   * Replaces the code of {@code $LATEST}. Environments of the old code end with their running
   * invocation.
   */
  FunctionConfiguration updateCode(String name, FunctionCode code);

  /**
   * Replaces the configuration of {@code $LATEST}; the name and the code of {@code spec} are
   * ignored.
   */
  FunctionConfiguration updateConfiguration(String name, FunctionSpec spec);

  /**
   * Deletes the function with all its versions and aliases. Queued invocations are answered 404.
   */
  void delete(String name);

  /** Deletes one published version. 400 for {@code $LATEST}, 409 while an alias refers to it. */
  void deleteVersion(String name, String version);

  /**
   * Publishes {@code $LATEST} as an immutable version. If nothing changed since the last one, that
   * one is answered.
   *
   * @param description replaces the function's description in the version; may be null
   */
  FunctionConfiguration publishVersion(String name, String description);

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
      String name, String alias, String version, String description, Map<String, Double> weights);

  /** One alias. */
  Alias getAlias(String name, String alias);

  /** All aliases of a function, by name. */
  List<Alias> listAliases(String name);

  /** Deletes an alias; nothing happens if there is none. */
  void deleteAlias(String name, String alias);

  /**
   * Reserves concurrency for a function; 0 switches it off.
   *
   * @param reserved 0 to what leaves the account 100 unreserved
   */
  void putConcurrency(String name, int reserved);

  /** The reserved concurrency, or −1. */
  int getConcurrency(String name);

  /** Gives the reservation back. */
  void deleteConcurrency(String name);
}
