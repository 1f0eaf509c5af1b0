package io.ringmaster.bench.product;

/** What a quiet function has beside itself. Belongs to the thread that measures. */
interface Disturbance {
  /** Begins. */
  void begin();

  /** Ends, and returns when nothing of it is under way any more. */
  void end();

  /** What it did so far, in a few words. */
  String detail();
}
