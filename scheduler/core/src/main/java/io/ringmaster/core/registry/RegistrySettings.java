package io.ringmaster.core.registry;

import io.ringmaster.api.Owner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What the registry has to know of its engine.
 *
 * @param account 12-digit account id that owns the functions
 * @param region region of their ARNs
 * @param accountConcurrency concurrent invocations of the account, ≥ 1
 * @param codeBytesMax bytes of all packages of an account in a region, > 0; more are refused
 * @param architecture this machine's, {@code x86_64} or {@code arm64}: the default of a function
 * @param strictArchitecture whether functions for another architecture than this machine's are
 *     refused
 * @param allowDeprecated whether runtimes may be used that AWS no longer lets be used
 * @param statePendingMin how long a function is pending after it was created, and being updated
 *     after a change; not negative
 * @param clock the present
 * @param failures told of failures that no caller waits for, such as a folder that cannot be
 *     removed
 */
public record RegistrySettings(
    String account,
    String region,
    int accountConcurrency,
    long codeBytesMax,
    String architecture,
    boolean strictArchitecture,
    boolean allowDeprecated,
    Duration statePendingMin,
    InstantSource clock,
    Consumer<Exception> failures) {

  /** Validates. */
  public RegistrySettings {
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(statePendingMin, "statePendingMin");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(failures, "failures");
    if (accountConcurrency < 1) {
      throw new IllegalArgumentException(
          "accountConcurrency is " + accountConcurrency + "; it must be 1 or more");
    }
    if (codeBytesMax < 1) {
      throw new IllegalArgumentException(
          "codeBytesMax is " + codeBytesMax + "; it must be 1 or more");
    }
    if (!Runtimes.ARCHITECTURES.contains(architecture)) {
      throw new IllegalArgumentException(
          "architecture is " + architecture + "; it must be x86_64 or arm64");
    }
  }

  /** The engine's own account and region. */
  Owner owner() {
    return new Owner(account, region);
  }

  /** The architecture of this machine in AWS's words. */
  public static String machineArchitecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
  }
}
