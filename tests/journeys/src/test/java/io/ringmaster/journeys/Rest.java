package io.ringmaster.journeys;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What there is of an engine's in this process and below it: taken when there is none, and compared
 * when it is closed.
 */
record Rest(
    Map<Long, String> processes,
    Map<String, Long> descriptors,
    Set<String> threads,
    Set<String> files) {

  static Rest now() throws IOException {
    ProcessCensus.below(ProcessHandle.current()); // what these open themselves, once
    ProcessCensus.descriptors();
    SocketChannel.open().close(); // after the first of them the JVM keeps a socket
    return new Rest(
        ProcessCensus.below(ProcessHandle.current()),
        ProcessCensus.descriptors(),
        ProcessCensus.engineThreads(),
        ProcessCensus.temporaryFiles());
  }

  /** Fails where anything is left that was not there before. */
  void assertNothingIsLeft() throws IOException {
    Rest now = now();
    now.processes.keySet().removeAll(processes.keySet());
    assertEquals(Map.of(), now.processes, "processes");
    assertEquals(descriptors, now.descriptors, "descriptors");
    assertEquals(threads, now.threads, "threads");
    now.files.removeAll(files);
    await()
        .atMost(Duration.ofMinutes(1)) // of another process's engine they go, ours stay
        .untilAsserted(
            () -> {
              now.files.retainAll(ProcessCensus.temporaryFiles());
              assertEquals(Set.of(), now.files, "files");
            });
  }
}
