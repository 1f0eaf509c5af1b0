package io.ringmaster.bench.generator;

import java.util.concurrent.locks.LockSupport;

/** Time, and how one waits for it. */
interface LoadClock {
  /** The machine's. */
  LoadClock SYSTEM =
      new LoadClock() {
        @Override
        public long nowNs() {
          return System.nanoTime();
        }

        @Override
        public void await(long notAfterNs) {
          long aheadNs = notAfterNs - System.nanoTime();
          if (aheadNs > 0) {
            LockSupport.parkNanos(aheadNs);
          }
        }
      };

  /** As {@link System#nanoTime}. */
  long nowNs();

  /** Returns at this time, or when the thread is unparked, or for no reason. */
  void await(long notAfterNs);
}
