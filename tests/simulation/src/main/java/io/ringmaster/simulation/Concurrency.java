package io.ringmaster.simulation;

/** Concurrent invocations against their limits, as the referee counts them. */
final class Concurrency {
  private final Referee referee;
  private final RunShape shape;

  Concurrency(Referee referee, RunShape shape) {
    this.referee = referee;
    this.shape = shape;
  }

  /** One more invocation of the function was admitted, and is counted already. */
  void admitted(SimulatedFunction function) {
    if (function.reserved() >= 0) {
      if (function.inUse() > function.reserved()) {
        referee.violation(
            function.name
                + " has "
                + function.inUse()
                + " units in use; reserved are "
                + function.reserved());
      }
    } else if (unreservedInUse() > shape.accountConcurrency - reservedSum()) {
      referee.violation(
          unreservedInUse()
              + " unreserved invocations; the account has "
              + (shape.accountConcurrency - reservedSum()));
    }
  }

  int unreservedInUse() {
    int sum = 0;
    for (SimulatedFunction function : shape.functions) {
      if (function.reserved() < 0 || function.gone) {
        sum += function.inUse();
      }
    }
    for (SimulatedFunction former : shape.former) {
      sum += former.inUse();
    }
    return sum;
  }

  int reservedSum() {
    int sum = 0;
    for (SimulatedFunction function : shape.functions) {
      if (!function.gone) {
        sum += Math.max(0, function.reserved());
      }
    }
    return sum;
  }
}
