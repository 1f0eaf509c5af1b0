package io.ringmaster.bench.floor;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Spawn;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program with one pipe to its standard input and one from its standard output. Belongs to the
 * thread whose {@link Linux} it has, but its descriptors may be used by another.
 */
final class RuntimeProcess implements AutoCloseable {
  private static final List<String> ENVIRONMENT =
      List.of("PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=:UTC");

  final int pid;

  /** Write end of its standard input; blocking. */
  final int requests;

  /** Read end of its standard output; blocking. */
  final int responses;

  private final Linux linux;
  private boolean open = true;
  private boolean requestsOpen = true;

  /** Starts it. */
  RuntimeProcess(Linux linux, Path interpreter, List<String> arguments) {
    this.linux = linux;
    List<String> argv = new ArrayList<>();
    argv.add(interpreter.toString());
    argv.addAll(arguments);
    int[] in = new int[2];
    int[] out = new int[2];
    LinuxException.check("pipe2", linux.pipe(0, in));
    LinuxException.check("pipe2", linux.pipe(0, out));
    try {
      pid = new Spawn(linux, argv, ENVIRONMENT).descriptors(in[0], out[1], 2).start();
    } catch (LinuxException e) {
      linux.close(in[1]);
      linux.close(out[0]);
      throw e;
    } finally {
      linux.close(in[0]);
      linux.close(out[1]);
    }
    requests = in[1];
    responses = out[0];
  }

  /**
   * A bare loop that is bound to the echo function and waits for invocations.
   *
   * @param arguments its own
   */
  static RuntimeProcess bareLoop(
      Linux linux, BenchRuntime runtime, Programs programs, String... arguments) {
    List<String> all = new ArrayList<>(programs.bareLoop());
    all.addAll(List.of(arguments));
    RuntimeProcess process = new RuntimeProcess(linux, runtime.executable(), all);
    try {
      process.awaitStarted(linux);
      process.send(linux, Frames.bind(linux, programs.codeFolder(), runtime.language().handler()));
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** A bare loop that waits for BIND. */
  static RuntimeProcess started(Linux linux, BenchRuntime runtime, Programs programs) {
    RuntimeProcess process = starting(linux, runtime, programs);
    try {
      process.awaitStarted(linux);
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** A bare loop that will say that it started. */
  static RuntimeProcess starting(Linux linux, BenchRuntime runtime, Programs programs) {
    return new RuntimeProcess(linux, runtime.executable(), programs.bareLoop());
  }

  void awaitStarted(Linux caller) {
    MemorySegment frame = caller.allocate(Frames.HEADER_BYTES);
    Frames.checkStarted(frame, caller.read(responses, frame.address(), frame.byteSize()));
  }

  /** Pins each of its threads; those to come follow their makers. */
  void pin(int processor) {
    Threads.pin(linux, pid, processor);
  }

  /** Writes a whole small frame. */
  void send(Linux caller, MemorySegment frame) {
    long written =
        LinuxException.check("write", caller.write(requests, frame.address(), frame.byteSize()));
    if (written != frame.byteSize()) {
      throw new IllegalStateException("a pipe took " + written + " bytes of a small frame");
    }
  }

  /** Reads what is there into {@code buffer}; at least 1 byte, or the program is gone. */
  long receive(Linux caller, MemorySegment buffer) {
    long bytes =
        LinuxException.check("read", caller.read(responses, buffer.address(), buffer.byteSize()));
    if (bytes == 0) {
      throw new IllegalStateException("the program ended");
    }
    return bytes;
  }

  /** Lets it read end-of-file. */
  void endRequests() {
    if (requestsOpen) {
      requestsOpen = false;
      linux.close(requests);
    }
  }

  /** Ends it, whatever it does, and takes its status. */
  @Override
  public void close() {
    if (open) {
      open = false;
      linux.kill(pid, Linux.SIGKILL);
      endRequests();
      linux.close(responses);
      LinuxException.check("wait4", linux.wait4(pid, 0, 0, 0));
    }
  }
}
