package io.ringmaster.api;

import java.util.List;

/**
 * Lines, as far as one answer goes.
 *
 * @param events oldest first
 * @param next {@link LogQuery#after()} for those that follow; null: there are none now
 */
public record LogPage(List<LogEvent> events, String next) {
  /** Copies the list. */
  public LogPage {
    events = List.copyOf(events);
  }
}
