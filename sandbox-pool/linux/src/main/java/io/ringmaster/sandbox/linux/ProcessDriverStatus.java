package io.ringmaster.sandbox.linux;

import java.util.List;
import java.util.Map;

/**
 * What the process driver holds at one moment.
 *
 * @param level isolation level of sandbox processes
 * @param keeper how the keeper runs: {@code PID_NAMESPACE}, {@code USER_NAMESPACE} or {@code
 *     SUBREAPER}; {@code STARTING} while it does
 * @param sandboxes every environment
 * @param genericSandboxes idle generic sandboxes by runtime identifier; identifiers that share an
 *     interpreter share these
 * @param counters by name
 */
public record ProcessDriverStatus(
    String level,
    String keeper,
    List<SandboxStatus> sandboxes,
    Map<String, Integer> genericSandboxes,
    Map<String, Long> counters) {

  /**
   * One environment.
   *
   * @param sandbox the sandbox id
   * @param environmentId 32 hexadecimal digits; empty before its first process came
   * @param logStream name of its log stream; empty before its first process came
   * @param state such as {@code IDLE} or {@code BUSY}
   * @param pid the process id of the sandbox's PID 1 as the host sees it; 0: no process
   * @param maxMemoryKb peak resident memory in KiB; 0: unknown
   */
  public record SandboxStatus(
      int sandbox,
      String environmentId,
      String logStream,
      String state,
      int pid,
      int maxMemoryKb) {}
}
