package io.ringmaster.cli.serve;

import io.ringmaster.cli.output.ExitStatus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT: the first asks the server to stop, the second ends the process at once; what
 * it leaves behind its keeper and the next start clear away, as after a kill.
 *
 * <p>The JVM's own answer to these signals would run the shutdown hooks, and the engine's does not
 * wait for anybody. Java has signal handlers in {@code sun.misc} only, which is reached by name: it
 * is not part of what this tree compiles against.
 */
final class StopSignals {
  /**
   * So soon after the first, a signal is the same once more: {@code timeout(1)}, for one, sends it
   * to the process and to its group.
   */
  private static final long SAME_NS = TimeUnit.MILLISECONDS.toNanos(250);

  private StopSignals() {}

  /** What a signal means. */
  enum Meaning {
    STOP,
    NOTHING,
    AT_ONCE
  }

  /** The signals so far. Any thread. */
  static final class Sequence {
    private boolean begun;
    private long firstNs;

    /** What one means that comes now. */
    synchronized Meaning next(long nowNs) {
      if (!begun) {
        begun = true;
        firstNs = nowNs;
        return Meaning.STOP;
      }
      return nowNs - firstNs < SAME_NS ? Meaning.NOTHING : Meaning.AT_ONCE;
    }
  }

  static void install(Runnable stop) {
    Sequence asked = new Sequence();
    InvocationHandler onSignal =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            switch (asked.next(System.nanoTime())) {
              case STOP -> stop.run();
              case AT_ONCE -> Runtime.getRuntime().halt(ExitStatus.CHECK_FAILED);
              case NOTHING -> {}
            }
            return null;
          }
          return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> "stop signals";
          };
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
      Method handle = signal.getMethod("handle", signal, handler);
      for (String name : new String[] {"TERM", "INT"}) {
        handle.invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no signal handlers", e);
    }
  }
}
