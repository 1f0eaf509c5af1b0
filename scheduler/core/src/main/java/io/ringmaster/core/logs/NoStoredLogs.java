package io.ringmaster.core.logs;

import io.ringmaster.api.EngineException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.logs.LogEvent;
import io.ringmaster.api.logs.LogFollow;
import io.ringmaster.api.logs.LogGroup;
import io.ringmaster.api.logs.LogPage;
import io.ringmaster.api.logs.LogQuery;
import io.ringmaster.api.logs.LogStream;
import io.ringmaster.api.logs.Logs;
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
