package io.ringmaster.engine;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.record.HandlerLines;
import io.ringmaster.core.record.InvocationRecords;
import io.ringmaster.core.record.LogAgent;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.engine.injvm.InJvmDriver;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.List;
import java.util.function.BiConsumer;

/** The log agent with its thread. */
final class Logs implements AutoCloseable {
  private static final int RECORDS = 8192;

  private final LogSink sink;
  private final InvocationRecords records;
  private final Completions completions;
  private final BiConsumer<String, Throwable> failures;
  private LogAgent agent;
  private AgentThread thread;

  Logs(
      LogSink sink,
      Counters counters,
      Sleeper logSleeper,
      Completions completions,
      BiConsumer<String, Throwable> failures) {
    this.sink = sink;
    this.records = new InvocationRecords(RECORDS, logSleeper, counters);
    this.completions = completions;
    this.failures = failures;
  }

  void start(Processes processes, InJvmDriver inJvm, HandlerLines handlerLines) {
    agent =
        new LogAgent(
            records,
            sink,
            System::nanoTime,
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
  }

  private void complete(PendingInvocation invocation) {
    completions.addFromOtherThread(invocation);
  }

  /** What the dispatcher tells. */
  InvocationRecorder recorder() {
    return sink == LogSink.OFF ? InvocationRecorder.NONE : records;
  }

  String recent(String arn) {
    return sink == LogSink.OFF ? "" : agent.recentLogs(arn);
  }

  /** After the dispatcher stopped: completes what waits for its log tail, and ends. */
  @Override
  public void close() {
    if (thread != null) {
      thread.close();
      agent.onClose();
    }
  }
}
