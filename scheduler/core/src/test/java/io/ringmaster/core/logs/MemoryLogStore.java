package io.ringmaster.core.logs;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whole lines in memory. One thread. */
final class MemoryLogStore implements LogStore {
  private record Line(long epochMs, String text) {}

  private final Map<String, TreeMap<String, List<Line>>> groups = new TreeMap<>();
  private final Map<String, Integer> days = new TreeMap<>();
  private Listener listener;

  /** Cursors so far. */
  int opened;

  private Runnable onList = () -> {};

  /** Runs whenever streams are listed. */
  void onList(Runnable run) {
    onList = run;
  }

  void add(String group, String stream, long epochMs, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    append(group, stream, epochMs, bytes, 0, bytes.length);
  }

  private List<Line> lines(String group, String stream) {
    return groups.getOrDefault(group, new TreeMap<>()).getOrDefault(stream, List.of());
  }

  @Override
  public void append(
      String group, String stream, long epochMs, byte[] bytes, int offset, int length) {
    groups
        .computeIfAbsent(group, _ -> new TreeMap<>())
        .computeIfAbsent(stream, _ -> new ArrayList<>())
        .add(new Line(epochMs, new String(bytes, offset, length, StandardCharsets.UTF_8)));
    if (listener != null) {
      listener.appended(group, stream);
    }
  }

  @Override
  public void expire(long nowMs) {}

  @Override
  public List<Group> groups() {
    return groups.keySet().stream()
        .map(name -> new Group(name, 1, days.getOrDefault(name, 0), 0))
        .toList();
  }

  @Override
  public List<Stream> streams(String group, long fromMs) {
    onList.run();
    List<Stream> streams = new ArrayList<>();
    groups
        .getOrDefault(group, new TreeMap<>())
        .forEach(
            (name, lines) -> {
              long lastMs = lines.get(lines.size() - 1).epochMs;
              if (lastMs >= fromMs) {
                streams.add(new Stream(name, lines.get(0).epochMs, lastMs, 0));
              }
            });
    return streams;
  }

  @Override
  public LogCursor open(String group, String stream, long fromMs, long place) {
    opened++;
    return new LogCursor() {
      private int at = (int) Math.max(place, 0) - 1;

      @Override
      public boolean next() {
        List<Line> lines = lines(group, stream);
        while (at + 1 < lines.size()) {
          at++;
          if (lines.get(at).epochMs >= fromMs) {
            return true;
          }
        }
        return false;
      }

      @Override
      public long epochMs() {
        return at < 0 ? 0 : lines(group, stream).get(at).epochMs;
      }

      @Override
      public long position() {
        return at;
      }

      @Override
      public long place() {
        return at + 1L;
      }

      @Override
      public String text() {
        return lines(group, stream).get(at).text;
      }
    };
  }

  @Override
  public boolean retain(String group, int newDays) {
    days.put(group, newDays);
    return groups.containsKey(group);
  }

  @Override
  public boolean delete(String group) {
    return groups.remove(group) != null;
  }

  @Override
  public void listen(Listener hears) {
    listener = hears;
  }

  @Override
  public void close() {}
}
