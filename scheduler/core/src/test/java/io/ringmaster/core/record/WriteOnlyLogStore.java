package io.ringmaster.core.record;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.util.List;

/** What nobody reads. */
abstract class WriteOnlyLogStore implements LogStore {
  /** How often what is too old was to be removed. */
  int expired;

  @Override
  public void expire(long nowMs) {
    expired++;
  }

  @Override
  public List<Group> groups() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Stream> streams(String group, long fromMs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LogCursor open(String group, String stream, long fromMs, long place) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean retain(String group, int days) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean delete(String group) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void listen(Listener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
