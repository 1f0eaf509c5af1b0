package io.ringmaster.core.record;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory sink: the last 64 KiB of each function, for at most 1,024 functions without
 * environments. Log agent only.
 */
final class FunctionLogs {
  private static final int BYTES_KEPT = 64 * 1024;
  private static final int FUNCTIONS_MAX = 1024;

  /** One function's log. */
  static final class FunctionLog {
    final TailBytes text = new TailBytes(BYTES_KEPT);

    /** Sandboxes that write to it; it is not forgotten while there are any. */
    int writers;
  }

  private final LinkedHashMap<String, FunctionLog> logs = new LinkedHashMap<>(16, 0.75f, true);

  /** The log of the function with that ARN, for one more writer. */
  FunctionLog open(String arn) {
    FunctionLog log = logs.get(arn);
    if (log == null) {
      forgetOldest();
      log = new FunctionLog();
      logs.put(arn, log);
    }
    log.writers++;
    return log;
  }

  private void forgetOldest() {
    Iterator<Map.Entry<String, FunctionLog>> eldestFirst = logs.entrySet().iterator();
    int excess = logs.size() - FUNCTIONS_MAX + 1;
    while (excess > 0 && eldestFirst.hasNext()) {
      if (eldestFirst.next().getValue().writers == 0) {
        eldestFirst.remove();
        excess--;
      }
    }
  }

  /** The kept lines of a function; none: empty. */
  byte[] lines(String arn) {
    FunctionLog log = logs.get(arn);
    return log == null ? new byte[0] : log.text.lines();
  }
}
