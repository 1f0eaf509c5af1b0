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
 * @param accountConcurrency the limit of the engine's own account and region
 * @param concurrentInvocations their ledger units in use
 * @param counters by name: {@code settled, coldStarts, throttled, functionErrors, timeouts,
 *     platformFaults, handlerStuck, protocolViolations, …}
 * @param functions each function of which something was counted
 * @param accounts the ledger of every owner that has or had functions, the engine's own first
 */
public record EngineStatus(
    String level,
    List<SandboxStatus> sandboxes,
    Map<String, Integer> genericSandboxes,
    int accountConcurrency,
    int concurrentInvocations,
    Map<String, Long> counters,
    List<FunctionStatus> functions,
    List<AccountStatus> accounts) {

  /**
   * What one owner may have at once, and has.
   *
   * @param owner account and region
   * @param limit invocations at once, at most
   * @param inUse ledger units in use
   * @param unreservedInUse those of functions without reserved concurrency
   */
  public record AccountStatus(Owner owner, int limit, int inUse, int unreservedInUse) {}

  /**
   * What was counted of one function since the engine was opened or the function created.
   *
   * @param functionArn unqualified ARN
   * @param functionName name
   * @param invocations times that its code ran, those that ended with an error included
   * @param errors those that ended with an error of the function, time-outs included
   * @param throttles invocations refused with 429
   * @param concurrentExecutions invocations of it that run now
   * @param durationNs sum of the times that its code ran, without init, in nanoseconds
   * @param durations number of runs by their time: up to {@link #DURATION_BOUNDS_MS} each, and, at
   *     the end, beyond them; the caller's own
   */
  public record FunctionStatus(
      String functionArn,
      String functionName,
      long invocations,
      long errors,
      long throttles,
      int concurrentExecutions,
      long durationNs,
      long[] durations) {
    /** Upper bounds of the classes of durations, in milliseconds, inclusive. */
    public static final List<Long> DURATION_BOUNDS_MS =
        List.of(
            1L, 2L, 5L, 10L, 20L, 50L, 100L, 200L, 500L, 1_000L, 2_000L, 5_000L, 10_000L, 30_000L,
            60_000L, 300_000L, 900_000L);
  }

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
