package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.RuntimeApi;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxLogs;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The pool of sandbox processes of one engine: a driver for the dispatcher, logs for the log agent,
 * and between them and the kernel the keeper with its client.
 *
 * <p>Opening returns at once; the keeper, and the zygotes of the prepared runtimes, start beside
 * it. Bindings that come before wait.
 *
 * <p>The end: {@link SandboxDriver#close} of the driver by the dispatcher, which returns when no
 * process is left; then {@link #closeLogs} by the log agent; then the two sleepers, by whoever
 * opened them.
 */
public final class ProcessPool {
  private final ProcessPoolConfig config;
  private final EpollSleeper dispatcherSleeper;
  private final Queue<Note> notes = new ConcurrentLinkedQueue<>();
  private final Queue<SandboxProcess> arrivals = new ConcurrentLinkedQueue<>();
  private final FolderRemover remover;
  private final KeeperClient client;
  private final PipeLogs logs;
  private final ProcessSandboxDriver driver;
  private final Thread thread;

  private ProcessPool(
      ProcessPoolConfig config,
      EpollSleeper dispatcherSleeper,
      EpollSleeper logSleeper,
      RuntimeApi runtimeApi,
      KeeperMode firstMode) {
    this.config = config;
    this.dispatcherSleeper = dispatcherSleeper;
    remover = new FolderRemover();
    logs = new PipeLogs(logSleeper);
    ProcessParts parts =
        new ProcessParts(
            new Linux(),
            config.environmentsFolder(),
            runtimeApi,
            config.runtimes().channel(),
            this::arrived);
    client = new KeeperClient(config, firstMode, notes, dispatcherSleeper, logs, parts);
    driver =
        new ProcessSandboxDriver(
            config,
            dispatcherSleeper,
            client,
            notes,
            arrivals,
            remover,
            this::endProcesses,
            this::endRest);
    thread = Thread.ofPlatform().daemon().name("ringmaster-sandboxes").start(client::run);
  }

  /**
   * Opens a pool. Any thread; the driver is the dispatcher's from then on.
   *
   * @param dispatcherSleeper where the dispatcher sleeps
   * @param logSleeper where the log agent sleeps
   * @param runtimeApi serves processes that bring their own runtime; null: functions with such a
   *     runtime fail by the platform's fault. Stays the caller's to close, after the driver
   * @throws UncheckedIOException when the data folder cannot be used
   */
  public static ProcessPool open(
      ProcessPoolConfig config,
      EpollSleeper dispatcherSleeper,
      EpollSleeper logSleeper,
      RuntimeApi runtimeApi) {
    return open(config, dispatcherSleeper, logSleeper, runtimeApi, KeeperMode.PID_NAMESPACE);
  }

  /** Tries this way to start the keeper first, then the weaker ones. */
  static ProcessPool open(
      ProcessPoolConfig config,
      EpollSleeper dispatcherSleeper,
      EpollSleeper logSleeper,
      RuntimeApi runtimeApi,
      KeeperMode firstMode) {
    Path folder = config.environmentsFolder();
    List<Path> left = new ArrayList<>();
    try {
      Files.createDirectories(folder);
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        entries.forEach(left::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessPool pool =
        new ProcessPool(config, dispatcherSleeper, logSleeper, runtimeApi, firstMode);
    left.forEach(pool.remover::remove);
    return pool;
  }

  /** The driver; dispatcher only. */
  public SandboxDriver driver() {
    return driver;
  }

  /** The logs; log agent only. They must be polled, or functions that print come to wait. */
  public SandboxLogs logs() {
    return logs;
  }

  /**
   * Whether polling the logs would find something: the last look before the log agent sleeps. Log
   * agent only.
   */
  public boolean hasLogs() {
    return logs.hasOutput();
  }

  /**
   * Invocations of this version are to be expected: looks for its interpreter, makes generic
   * sandboxes ready, and writes down what one of them is told when it is bound. Any thread, until
   * the driver is closed.
   *
   * @param version the version's number, as in {@link PoolKey#version}
   */
  public void expect(long version, SandboxSpec spec) {
    notes.add(new Note.Expected(version, spec));
    dispatcherSleeper.wake();
  }

  /** A process's session has something to tell; any thread. */
  private void arrived(SandboxProcess process) {
    if (process.told.compareAndSet(false, true)) {
      arrivals.add(process);
      dispatcherSleeper.wake();
    }
  }

  /** What the driver holds; dispatcher only. */
  public ProcessDriverStatus status() {
    return driver.status();
  }

  /**
   * Gives the log pipes back. Log agent, after the driver was closed and the last output was
   * polled.
   */
  public void closeLogs() {
    logs.close();
  }

  /** Ends the keeper and everything that it keeps, and waits for that. */
  private void endProcesses() {
    client.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void endRest() {
    remover.remove(config.environmentsFolder());
    remover.close();
    client.release();
  }
}
