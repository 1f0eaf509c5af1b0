package io.ringmaster.core.dispatch;

import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.place.Placement;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.Slots;

/**
 * Where one driver's events come in: finds the sandbox, and hands on. Events of unknown sandboxes
 * are ignored.
 */
final class DriverPort implements DriverEvents {
  private static final int LIMIT = 256;

  private final SandboxDriver driver;
  private final Placement placement;
  private final Outcomes outcomes;
  private final Prefetched prefetched;

  DriverPort(SandboxDriver driver, Placement placement, Outcomes outcomes, Prefetched prefetched) {
    this.driver = driver;
    this.placement = placement;
    this.outcomes = outcomes;
    this.prefetched = prefetched;
  }

  int poll() {
    return driver.poll(this, LIMIT);
  }

  @Override
  public void ready(int id, int slots, long bindNs, long initNs) {
    Sandbox sandbox = placement.find(driver, id);
    if (sandbox != null) {
      outcomes.ready(sandbox, slots, bindNs, initNs);
    }
  }

  @Override
  public void initFailed(int id, byte[] error, long initNs) {
    Sandbox sandbox = placement.find(driver, id);
    if (sandbox != null) {
      outcomes.initFailed(sandbox, error, initNs);
    }
  }

  @Override
  public void initRefused(int id, String errorType, String text, long initNs) {
    Sandbox sandbox = placement.find(driver, id);
    if (sandbox != null) {
      outcomes.initRefused(sandbox, errorType, text, initNs);
    }
  }

  @Override
  public void taken(int slot, long sequence) {
    prefetched.taken(placement.find(driver, Slots.sandbox(slot)), slot, sequence);
  }

  @Override
  public void skipped(int slot, long sequence) {
    prefetched.skipped(placement.find(driver, Slots.sandbox(slot)), slot, sequence);
  }

  @Override
  public void chunk(int slot, long sequence, int bytes) {
    outcomes.chunk(placement.find(driver, Slots.sandbox(slot)), slot, sequence, bytes);
  }

  @Override
  public void response(
      int slot, long sequence, boolean functionError, long logMark, int maxMemoryKb) {
    Sandbox sandbox = placement.find(driver, Slots.sandbox(slot));
    if (outcomes.response(sandbox, slot, sequence, functionError, logMark, maxMemoryKb)) {
      outcomes.reusable(sandbox);
    }
  }

  @Override
  public void lastResponse(
      int slot, long sequence, boolean functionError, long logMark, int maxMemoryKb) {
    Sandbox sandbox = placement.find(driver, Slots.sandbox(slot));
    if (outcomes.response(sandbox, slot, sequence, functionError, logMark, maxMemoryKb)) {
      outcomes.dying(sandbox);
    }
  }

  @Override
  public void exited(int id, int status, int maxMemoryKb) {
    Sandbox sandbox = placement.find(driver, id);
    if (sandbox != null) {
      outcomes.exited(sandbox, status, maxMemoryKb);
    }
  }

  @Override
  public void failed(int id, Fault fault, String detail) {
    Sandbox sandbox = placement.find(driver, id);
    if (sandbox != null) {
      outcomes.failed(sandbox, fault, detail);
    }
  }
}
