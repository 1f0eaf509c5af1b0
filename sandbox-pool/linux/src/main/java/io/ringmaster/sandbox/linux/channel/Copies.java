package io.ringmaster.sandbox.linux.channel;

/** Who moves what is too long for the dispatcher. Dispatcher only; neither call ever waits. */
public interface Copies {
  /** Whether it moves anything; false: it has failed. */
  boolean works();

  /** Takes it over, with its descriptor; it is handed back when it is over. */
  void begin(Transfer transfer);

  /** How it is to end has changed. */
  void changed(Transfer transfer);
}
