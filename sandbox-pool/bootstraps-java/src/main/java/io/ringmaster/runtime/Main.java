package io.ringmaster.runtime;

import java.io.FileDescriptor;
import java.io.IOException;

/** The program. Without arguments it serves an engine on the descriptors 3 and 4. */
public final class Main {
  private static final int REQUESTS = 3;
  private static final int RESPONSES = 4;

  private Main() {}

  /**
   * Serves until the engine says stop, closes its end, or the function ends the process.
   *
   * @param arguments none; or {@code --rehearse}: does once what a cold start does, without an
   *     engine, and ends: for making archives of loaded classes. It ends at once when its standard
   *     input does, for then nobody waits for it
   */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    System.setProperty("org.crac.Core.Compat", "com.amazonaws.services.lambda.crac");
    boolean rehearsesOnly = arguments.length == 1 && arguments[0].equals("--rehearse");
    if (rehearsesOnly) {
      new EngineWatch().start();
    }
    Surroundings surroundings = new Surroundings();
    Rehearsal.run(surroundings);
    if (rehearsesOnly) {
      return;
    }
    Channel channel = Channel.open(REQUESTS, RESPONSES);
    LogPipe log = new LogPipe(FileDescriptor.out);
    try {
      System.exit(new Sandbox(channel, log, surroundings).run());
    } catch (Throwable broken) {
      Runtime.getRuntime().halt(1); // threads of the function must not keep it alive, unanswered
    }
  }
}
