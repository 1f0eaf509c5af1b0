package io.ringmaster.core.logs;

import io.ringmaster.api.EngineException;
import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogGroup;
import io.ringmaster.api.LogPage;
import io.ringmaster.api.LogQuery;
import io.ringmaster.api.LogStream;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import java.util.List;

/** Those of an engine that keeps no lines in files. */
public final class NoStoredLogs implements Logs {
  @Override
  public boolean stored() {
    return false;
  }

  private static EngineException refused() {
    return new EngineException("no logs are stored: the log sink is another");
  }

  @Override
  public List<LogGroup> groups(Owner owner) {
    throw refused();
  }

  @Override
  public List<LogStream> streams(Owner owner, String group) {
    throw refused();
  }

  @Override
  public LogPage read(LogQuery query) {
    throw refused();
  }

  @Override
  public List<LogEvent> last(LogQuery query) {
    throw refused();
  }

  @Override
  public LogFollow follow(LogQuery query, Runnable ready) {
    throw refused();
  }

  @Override
  public void retain(Owner owner, String group, int days) {
    throw refused();
  }

  @Override
  public void delete(Owner owner, String group) {
    throw refused();
  }
}
