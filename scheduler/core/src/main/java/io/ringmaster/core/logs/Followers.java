package io.ringmaster.core.logs;

import io.ringmaster.persistence.spi.LogStore;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who follows. Any thread; streams that grow are told by the thread that appends. */
final class Followers implements LogStore.Listener {
  static final int FOLLOWERS_MAX = 256;

  private final CopyOnWriteArrayList<Follower> all = new CopyOnWriteArrayList<>();

  /** False: too many follow. */
  synchronized boolean add(Follower follower) {
    return all.size() < FOLLOWERS_MAX && all.add(follower);
  }

  synchronized void remove(Follower follower) {
    all.remove(follower);
  }

  @Override
  public void appended(String group, String stream) {
    for (Follower follower : all) {
      follower.appended(group, stream);
    }
  }
}
