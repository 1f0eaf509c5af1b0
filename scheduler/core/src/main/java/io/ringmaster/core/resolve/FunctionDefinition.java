package io.ringmaster.core.resolve;

import java.util.Map;

/**
 * A function as the dispatcher needs it. Immutable; a change publishes a new one.
 *
 * @param account 12-digit account id
 * @param region region of its ARN
 * @param name function name
 * @param reservedConcurrency reserved concurrency, 0 or more; −1: none
 * @param provisionedConcurrency reserved field: provisioned concurrency by version label; empty
 *     today
 * @param versions by label; always has {@code $LATEST}
 * @param aliases by name
 */
public record FunctionDefinition(
    String account,
    String region,
    String name,
    int reservedConcurrency,
    Map<String, Integer> provisionedConcurrency,
    Map<String, VersionDefinition> versions,
    Map<String, AliasDefinition> aliases) {

  /** The unqualified ARN. */
  public String arn() {
    return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
  }
}
