package io.ringmaster.server;

import java.time.Duration;

/** A way into the engine, as the server sees it. Start-up and shut-down threads only. */
interface Ingress {

  /** Accepts no connection more, and closes this process's descriptor of the listening socket. */
  void stopAccepting();

  /** Lets what runs end for so long, then closes everything. */
  void close(Duration drain);
}
