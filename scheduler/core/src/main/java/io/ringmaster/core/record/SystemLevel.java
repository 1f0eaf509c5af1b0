package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;

/**
 * Levels of platform records in the JSON format, and which of them a function wants. From AWS's
 * table: what tells of success only to those who debug is DEBUG, what failed is WARN, the rest is
 * INFO.
 */
enum SystemLevel {
  DEBUG,
  INFO,
  WARN;

  /** That of a function's configuration; empty: the default, INFO. */
  static SystemLevel of(String configured) {
    return configured.isEmpty() ? INFO : valueOf(configured);
  }

  /** Whether a record of that level is written at this one. */
  boolean lets(SystemLevel record) {
    return record.compareTo(this) >= 0;
  }

  /** Level of {@code platform.initRuntimeDone} and of an on-demand {@code platform.initReport}. */
  static SystemLevel ofInit(InitStatus status) {
    return status == InitStatus.SUCCESS ? DEBUG : WARN;
  }

  /** Level of {@code platform.runtimeDone}. */
  static SystemLevel ofRuntimeDone(Outcome outcome) {
    return outcome == Outcome.SUCCESS ? DEBUG : WARN;
  }

  /** Level of {@code platform.report}. */
  static SystemLevel ofReport(Outcome outcome) {
    return outcome == Outcome.SUCCESS ? INFO : WARN;
  }
}
