package io.ringmaster.journeys;

import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationResult;

/**
 * An engine in a JVM of its own, with functions that try to outlive it; says {@code up} and waits.
 */
final class EngineProcess {
  private EngineProcess() {}

  public static void main(String[] args) throws Exception {
    Engine engine = Engine.open(Engines.config().build());
    engine
        .functions()
        .create(
            Engines.python(
                    "escapes",
                    "import os, signal, time",
                    "def handler(event, context):",
                    "    if os.fork() == 0:",
                    "        os.setsid()",
                    "        if os.fork() == 0:",
                    "            for s in range(1, 32):",
                    "                try: signal.signal(s, signal.SIG_IGN)",
                    "                except (OSError, ValueError): pass",
                    "            os.closerange(0, 1000)",
                    "            while True: time.sleep(1)",
                    "        os._exit(0)",
                    "    return os.getpid()")
                .build());
    for (int i = 0; i < 3; i++) {
      InvocationResult result = Engines.invoke(engine, "escapes", "{}");
      if (!result.succeeded()) {
        System.out.println("failed: " + result + " " + result.payloadText());
        engine.close();
        return;
      }
    }
    System.out.println("up " + engine.status().level());
    System.in.read();
    engine.close();
    System.out.println("closed");
  }
}
