package io.ringmaster.sandbox.linux;

import java.util.List;

/** The ways to start the keeper, from the strongest; the first that works is taken. */
enum KeeperMode {
  /** PID 1 of a pid namespace; needs CAP_SYS_ADMIN. */
  PID_NAMESPACE("-pf", "--kill-child"),
  /** The same inside a user namespace, for ordinary users. */
  USER_NAMESPACE("-Urpf", "--kill-child"),
  /** A child subreaper among the machine's processes. */
  SUBREAPER;

  static final String UNSHARE = "/usr/bin/unshare";

  private final List<String> options;

  KeeperMode(String... options) {
    this.options = List.of(options);
  }

  /** The words before the program. */
  List<String> prefix() {
    return options.isEmpty()
        ? List.of()
        : java.util.stream.Stream.concat(java.util.stream.Stream.of(UNSHARE), options.stream())
            .toList();
  }
}
