package io.ringmaster.api;

import java.util.List;
import java.util.Map;

/**
 * What the engine holds at this moment.
 *
 * @param level isolation level of sandbox processes: {@code L1} to {@code L4}; {@code none} without
 *     processes
 * @param sandboxes every environment
 * @param genericSandboxes idle generic sandboxes by runtime
 * @param accountConcurrency the account's limit
 * @param concurrentInvocations ledger units in use
 * @param counters by name: {@code settled, coldStarts, throttled, functionErrors, timeouts,
 *     platformFaults, handlerStuck, protocolViolations, …}
 */
public record EngineStatus(
    String level,
    List<SandboxStatus> sandboxes,
    Map<String, Integer> genericSandboxes,
    int accountConcurrency,
    int concurrentInvocations,
    Map<String, Long> counters) {

  /**
   * One environment.
   *
   * @param id the sandbox's number
   * @param environment id of the environment
   * @param function function name
   * @param version {@code $LATEST} or a number
   * @param state such as {@code IDLE} or {@code BUSY}
   * @param level isolation level
   * @param pid process id as the host sees it; 0: none
   * @param invocations how many it has served
   * @param memoryBytes peak memory; 0: unknown
   */
  public record SandboxStatus(
      int id,
      String environment,
      String function,
      String version,
      String state,
      String level,
      long pid,
      long invocations,
      long memoryBytes) {}
}
