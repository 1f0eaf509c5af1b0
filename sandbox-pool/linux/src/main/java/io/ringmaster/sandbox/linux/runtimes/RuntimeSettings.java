package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;

/**
 * What the operator says about runtimes and what functions see of their surroundings. Immutable.
 *
 * @param folder where interpreters of the operator's lie, each in {@code NAME/bin}; they are
 *     preferred to all others; null: nowhere
 * @param exactOnly an interpreter of another version than the one that an identifier names does not
 *     serve it
 * @param sdk folder with the AWS SDKs that Lambda's runtimes bring, in {@code python} and {@code
 *     nodejs/node_modules}; null: there is none
 * @param awsEndpoint URL of AWS's other services, {@code AWS_ENDPOINT_URL}; null: AWS's own
 * @param lambdaEndpoint URL of this engine's Lambda API, {@code AWS_ENDPOINT_URL_LAMBDA}; null: it
 *     has none
 */
public record RuntimeSettings(
    Path folder, boolean exactOnly, Path sdk, String awsEndpoint, String lambdaEndpoint) {
  /** Nothing is said. */
  public static final RuntimeSettings NONE = new RuntimeSettings(null, false, null, null, null);

  /** The same, but for the choice of interpreters. */
  public RuntimeSettings withInterpreters(Path interpreters, boolean exact) {
    return new RuntimeSettings(interpreters, exact, sdk, awsEndpoint, lambdaEndpoint);
  }
}
