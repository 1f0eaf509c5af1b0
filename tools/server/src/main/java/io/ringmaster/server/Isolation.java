package io.ringmaster.server;

import io.ringmaster.sandbox.linux.IsolationLevels;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.Options;

/** Whether functions are isolated as strongly as was asked for. */
final class Isolation {
  /** Every machine has it: nothing is to be found out. */
  private static final String LEAST = "L1";

  private Isolation() {}

  static void check(Configuration configuration) throws BelowIsolationFloorException {
    String wanted = configuration.get(Options.ISOLATION);
    String floor = configuration.get(Options.ISOLATION_FLOOR);
    String least = wanted.equals("auto") || wanted.compareTo(floor) < 0 ? floor : wanted;
    if (least.equals(LEAST)) {
      return;
    }
    IsolationLevels found = IsolationLevels.find();
    if (found.chosen().compareTo(least) < 0) {
      String reason =
          found.levels().stream()
              .filter(level -> level.level().equals(least))
              .map(level -> level.reason() + (level.fix().isEmpty() ? "" : "; " + level.fix()))
              .findFirst()
              .orElse("");
      throw new BelowIsolationFloorException(
          "functions would run at "
              + found.chosen()
              + ", and "
              + least
              + " is asked for: "
              + reason);
    }
  }
}
