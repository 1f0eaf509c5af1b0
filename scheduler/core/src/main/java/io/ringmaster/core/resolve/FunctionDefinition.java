package io.ringmaster.core.resolve;

import io.ringmaster.api.Owner;
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
 * @param scalingRate reserved field: new environments per {@value #SCALING_PERIOD_S} s, 1 or more;
 *     today the ledger keeps it and nothing is held back
 * @param versions by label; always has {@code $LATEST}
 * @param aliases by name
 */
public record FunctionDefinition(
    String account,
    String region,
    String name,
    int reservedConcurrency,
    Map<String, Integer> provisionedConcurrency,
    int scalingRate,
    Map<String, VersionDefinition> versions,
    Map<String, AliasDefinition> aliases) {

  /** AWS's scaling rate of each function. */
  public static final int SCALING_RATE = 1000;

  /** Seconds that a scaling rate is counted over. */
  public static final int SCALING_PERIOD_S = 10;

  /** Whose it is; allocates. */
  public Owner owner() {
    return new Owner(account, region);
  }

  /** The unqualified ARN. */
  public String arn() {
    return owner().lambdaArn("function:" + name);
  }
}
