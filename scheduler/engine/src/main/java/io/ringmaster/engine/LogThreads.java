package io.ringmaster.engine;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.logs.NoStoredLogs;
import io.ringmaster.core.logs.StoredLogs;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.record.HandlerLines;
import io.ringmaster.core.record.InvocationRecords;
import io.ringmaster.core.record.LogAgent;
import io.ringmaster.core.record.LogWriter;
import io.ringmaster.core.record.StoreFeed;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.engine.injvm.InJvmDriver;
import io.ringmaster.persistence.spi.LogStore;
import io.ringmaster.sandbox.spi.Sleeper;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;

/** The log agent with its thread. */
final class LogThreads implements AutoCloseable {
  private static final int RECORDS = 8192;

  /** Each of them is rendered: the log agent falls behind more easily. */
  private static final int RECORDS_STORED = 32_768;

  private final LogSink sink;
  private final InvocationRecords records;
  private final Completions completions;
  private final BiConsumer<String, Throwable> failures;

  /** Null: lines are not stored. */
  private final StoreFeed feed;

  private final LogStore store;
  private final Logs stored;
  private LogAgent agent;
  private AgentThread thread;
  private AgentThread writerThread;

  /**
   * @param store with {@link LogSink#STORE}, and closed with this; else null
   * @param own the engine's own account and region
   */
  LogThreads(
      LogSink sink,
      LogStore store,
      Owner own,
      Counters counters,
      Sleeper logSleeper,
      Completions completions,
      BiConsumer<String, Throwable> failures) {
    this.sink = sink;
    this.store = store;
    this.stored =
        store == null
            ? new NoStoredLogs()
            : new StoredLogs(store, own, System::nanoTime, System::currentTimeMillis);
    this.feed = store == null ? null : new StoreFeed(counters, own);
    this.records =
        new InvocationRecords(store == null ? RECORDS : RECORDS_STORED, logSleeper, counters);
    this.completions = completions;
    this.failures = failures;
  }

  void start(Processes processes, InJvmDriver inJvm, HandlerLines handlerLines) {
    agent =
        new LogAgent(
            records,
            sink,
            feed,
            System::nanoTime,
            System::currentTimeMillis,
            this::complete,
            List.of(
                new LogAgent.Source(processes.driver(), processes.logs()),
                new LogAgent.Source(inJvm, handlerLines)));
    thread =
        new AgentThread(
            "ringmaster-logs",
            agent,
            agent::await,
            agent::wake,
            thrown -> failures.accept("log agent", thrown));
    thread.start();
    if (feed != null) {
      LogWriter writer =
          new LogWriter(
              feed,
              store,
              System::nanoTime,
              System::currentTimeMillis,
              failure -> failures.accept("log store", failure));
      writerThread =
          new AgentThread(
              "ringmaster-log-writer",
              writer,
              writer::await,
              writer::wake,
              thrown -> failures.accept("log writer", thrown));
      writerThread.start();
    }
  }

  private void complete(PendingInvocation invocation) {
    completions.addFromOtherThread(invocation);
  }

  /** What the dispatcher tells. */
  InvocationRecorder recorder() {
    return sink == LogSink.OFF ? InvocationRecorder.NONE : records;
  }

  /** What lies in the store. */
  Logs stored() {
    return stored;
  }

  String recent(String arn) {
    return sink == LogSink.OFF ? "" : agent.recentLogs(arn);
  }

  /** After the dispatcher stopped: completes what waits for its log tail, stores, and ends. */
  @Override
  public void close() throws IOException {
    if (thread != null) {
      thread.close();
      agent.onClose();
    }
    if (writerThread != null) {
      writerThread.close();
    }
    if (store != null) {
      store.close();
    }
  }
}
