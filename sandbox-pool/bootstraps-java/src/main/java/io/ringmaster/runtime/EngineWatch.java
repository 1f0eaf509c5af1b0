package io.ringmaster.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;

/** Ends the process when its standard input ends: whoever started it is gone. */
final class EngineWatch extends Thread {
  EngineWatch() {
    super("engine-watch");
    setDaemon(true);
  }

  @Override
  public void run() {
    try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
      while (in.read() >= 0) {
        // Nothing is said by it.
      }
    } catch (IOException e) {
      // As good as its end.
    }
    Runtime.getRuntime().halt(1);
  }
}
