package io.ringmaster.cli.serve;

import io.ringmaster.cli.output.ExitStatus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT: the first asks the server to stop, the second ends the process at once; what
 * it leaves behind its keeper and the next start clear away, as after a kill.
 *
 * <p>The JVM's own answer to these signals would run the shutdown hooks, and the engine's does not
 * wait for anybody. Java has signal handlers in {@code sun.misc} only, which is reached by name: it
 * is not part of what this tree compiles against.
 */
final class StopSignals {
  private StopSignals() {}

  static void install(Runnable stop) {
    AtomicBoolean asked = new AtomicBoolean();
    InvocationHandler onSignal =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            if (asked.compareAndSet(false, true)) {
              stop.run();
            } else {
              Runtime.getRuntime().halt(ExitStatus.CHECK_FAILED);
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
