package io.ringmaster.bench.floor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Floor of {@code cold.rate.python}: a plain interpreter forks, each child loads the handler, calls
 * it once, answers and ends; as many children at once as the product has cold starts under way.
 */
public final class ForksFloor implements Probe {
  private final Linux linux = new Linux();
  private final Programs programs;
  private final RuntimeProcess parent;
  private final MemorySegment wanted;
  private final MemorySegment answers = linux.allocate(1 << 16);
  private final int parallel;
  private long samples;

  /**
   * Opens it for the calling thread.
   *
   * @param parallel children at once
   */
  public ForksFloor(BenchRuntime runtime, int parallel) throws IOException {
    this.parallel = parallel;
    wanted = linux.allocate(parallel).fill((byte) '.');
    programs = Programs.unpack(runtime.language());
    parent =
        new RuntimeProcess(
            linux,
            runtime.executable(),
            List.of(
                "-I",
                "-B",
                programs.file("fork_loop.py"),
                programs.codeFolder().toString(),
                new String(Frames.EVENT, StandardCharsets.US_ASCII)));
    try {
      answered();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    ask(parallel);
    int running = parallel;
    long answered = 0;
    long counted = 0;
    long took = 0;
    while (running > 0) {
      int lines = answered();
      answered += lines;
      long now = System.nanoTime();
      if (now - end < 0) {
        ask(lines);
      } else {
        running -= lines;
        if (took == 0) {
          took = now - begin;
          counted = answered;
        }
      }
    }
    samples += counted;
    return counted * 1e9 / took;
  }

  private void ask(int children) {
    LinuxException.check("write", linux.write(parent.requests, wanted.address(), children));
  }

  /** Waits for lines; how many came. Each is one write, shorter than what a pipe keeps whole. */
  private int answered() {
    long bytes = parent.receive(linux, answers);
    int lines = 0;
    for (long i = 0; i < bytes; i++) {
      lines += answers.get(JAVA_BYTE, i) == '\n' ? 1 : 0;
    }
    return lines;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    parent.close();
    programs.close();
  }
}
