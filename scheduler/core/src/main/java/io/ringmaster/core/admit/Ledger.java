package io.ringmaster.core.admit;

import io.ringmaster.api.Refusal;
import io.ringmaster.core.model.AccountState;
import io.ringmaster.core.model.FunctionState;

/**
 * The concurrency ledger: account limit, reserved concurrency with 0 as "switched off", the rest
 * unreserved. Provisioned concurrency and the scaling rate will be charged here too.
 *
 * <p>Source: AWS Lambda developer guide, "Understanding Lambda function scaling"; Reasons as AWS
 * answers them.
 */
public final class Ledger {
  /** The function's reserved concurrency is used up, or 0. */
  public static final Refusal RESERVED_USED_UP =
      Refusal.throttled("ReservedFunctionConcurrentInvocationLimitExceeded");

  /** The account's unreserved concurrency is used up. */
  public static final Refusal ACCOUNT_USED_UP =
      Refusal.throttled("ConcurrentInvocationLimitExceeded");

  /** Charges one unit; answers null, or why not. */
  public Refusal charge(FunctionState function) {
    AccountState account = function.account;
    if (function.reserved >= 0) {
      if (function.inUse >= function.reserved) {
        return RESERVED_USED_UP;
      }
    } else {
      if (account.unreservedInUse >= account.limit - account.reserved) {
        return ACCOUNT_USED_UP;
      }
      account.unreservedInUse++;
    }
    function.inUse++;
    account.inUse++;
    return null;
  }

  /** Releases one unit. */
  public void release(FunctionState function) {
    if (function.inUse <= 0) {
      throw new IllegalStateException("released more than charged: " + function.arn);
    }
    function.inUse--;
    function.account.inUse--;
    if (function.reserved < 0) {
      function.account.unreservedInUse--;
    }
  }

  /**
   * Keeps a function's scaling rate, in new environments per scaling period, for when new
   * environments are charged too.
   */
  public void scale(FunctionState function, int scalingRate) {
    if (scalingRate < 1) {
      throw new IllegalArgumentException("a scaling rate of " + scalingRate);
    }
    function.scalingRate = scalingRate;
  }

  /** Changes a function's reservation; −1: none. What it has charged moves along. */
  public void reserve(FunctionState function, int reserved) {
    AccountState account = function.account;
    if (function.reserved >= 0) {
      account.reserved -= function.reserved;
      account.unreservedInUse += function.inUse;
    }
    if (reserved >= 0) {
      account.reserved += reserved;
      account.unreservedInUse -= function.inUse;
    }
    function.reserved = reserved;
  }
}
