package io.ringmaster.sandbox.linux;

import java.util.List;

/** The ways to start the keeper, from the strongest; the first that works is taken. */
enum KeeperMode {
  /** PID 1 of a pid namespace; needs CAP_SYS_ADMIN. */
  PID_NAMESPACE,
  /** The same inside a user namespace, for ordinary users. */
  USER_NAMESPACE,
  /** A child subreaper among the machine's processes. */
  SUBREAPER;

  static final String UNSHARE = "/usr/bin/unshare";

  /** The words before the program. */
  List<String> prefix() {
    return switch (this) {
      case PID_NAMESPACE -> List.of(UNSHARE, "-pf", "--kill-child");
      case USER_NAMESPACE -> List.of(UNSHARE, "-Urpf", "--kill-child");
      case SUBREAPER -> List.of();
    };
  }
}
