package io.ringmaster.engine;

import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Owner;
import io.ringmaster.core.dispatch.Dispatcher;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.sandbox.linux.ProcessDriverStatus;
import java.util.HashMap;
import java.util.Map;

/** What the dispatcher alone can tell, put together on its thread. */
final class StatusReport {
  private final ProcessDriverStatus driver;
  private final Map<Integer, ProcessDriverStatus.SandboxStatus> bySandbox = new HashMap<>();

  private StatusReport(ProcessDriverStatus driver) {
    this.driver = driver;
    driver.sandboxes().forEach(status -> bySandbox.put(status.sandbox(), status));
  }

  static EngineStatus of(
      Dispatcher dispatcher, Owner owner, int accountConcurrency, ProcessDriverStatus driver) {
    StatusReport report = new StatusReport(driver);
    Map<String, Long> counters = new HashMap<>(driver.counters());
    counters.putAll(dispatcher.counters().snapshot());
    return new EngineStatus(
        driver.level(),
        dispatcher.sandboxes().stream().map(report::describe).toList(),
        driver.genericSandboxes(),
        accountConcurrency,
        dispatcher.concurrency(owner),
        counters,
        dispatcher.countedFunctions().stream()
            .map(function -> function.figures.describe(function))
            .toList(),
        dispatcher.accounts());
  }

  private EngineStatus.SandboxStatus describe(Sandbox sandbox) {
    ProcessDriverStatus.SandboxStatus process =
        sandbox.version.inJvm ? null : bySandbox.get(sandbox.id);
    String state =
        sandbox.state() == SandboxState.READY
            ? sandbox.unoccupied() ? "IDLE" : "BUSY"
            : sandbox.state().name();
    return new EngineStatus.SandboxStatus(
        sandbox.id,
        process == null ? "injvm-" + sandbox.id : process.environmentId(),
        sandbox.version.function.name,
        sandbox.version.label,
        state,
        process == null ? "none" : driver.level(),
        process == null ? 0 : process.pid(),
        sandbox.invocations,
        sandbox.maxMemoryKb * 1024L);
  }
}
