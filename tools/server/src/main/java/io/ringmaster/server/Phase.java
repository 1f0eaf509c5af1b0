package io.ringmaster.server;

/** Where in its life a server is; it only goes forward. */
enum Phase {
  STARTING,
  READY,
  DRAINING,
  ENDED
}
