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
 * @param channel how frames reach processes
 */
public record RuntimeSettings(
    Path folder,
    boolean exactOnly,
    Path sdk,
    String awsEndpoint,
    String lambdaEndpoint,
    ChannelChoice channel) {
  /** Nothing is said. */
  public static final RuntimeSettings NONE = new RuntimeSettings(null, false, null, null, null);

  /** With the channel that is best for each runtime. */
  public RuntimeSettings(
      Path folder, boolean exactOnly, Path sdk, String awsEndpoint, String lambdaEndpoint) {
    this(folder, exactOnly, sdk, awsEndpoint, lambdaEndpoint, ChannelChoice.AUTO);
  }

  /** The same, but for the channel. */
  public RuntimeSettings withChannel(ChannelChoice choice) {
    return new RuntimeSettings(folder, exactOnly, sdk, awsEndpoint, lambdaEndpoint, choice);
  }

  /** The same, but for the choice of interpreters. */
  public RuntimeSettings withInterpreters(Path interpreters, boolean exact) {
    return new RuntimeSettings(interpreters, exact, sdk, awsEndpoint, lambdaEndpoint, channel);
  }
}
