package io.ringmaster.core.place;

import io.ringmaster.core.model.VersionState;

/** First in, first out; a version is in it at most once. Dispatcher thread only. */
final class VersionLine {
  /** Versions to look at in this turn. */
  static final int DIRTY = 0;

  /** Versions that would bind if there were capacity. */
  static final int HUNGRY = 1;

  /** Versions that wait although they could bind. */
  static final int DEFERRED = 2;

  private final int line;
  private VersionState head;
  private VersionState tail;
  private int size;

  /**
   * @param line which of a version's links it uses, below {@link VersionState#LINES}
   */
  VersionLine(int line) {
    this.line = line;
  }

  VersionState next(VersionState version) {
    return version.lineNext[line];
  }

  boolean contains(VersionState version) {
    return version.inLine[line];
  }

  void add(VersionState version) {
    if (contains(version)) {
      return;
    }
    version.inLine[line] = true;
    if (tail == null) {
      head = version;
    } else {
      tail.lineNext[line] = version;
    }
    tail = version;
    size++;
  }

  VersionState peek() {
    return head;
  }

  VersionState poll() {
    VersionState first = head;
    if (first != null) {
      head = first.lineNext[line];
      if (head == null) {
        tail = null;
      }
      first.lineNext[line] = null;
      first.inLine[line] = false;
      size--;
    }
    return first;
  }

  /** Moves the first to the end. */
  void rotate() {
    VersionState first = poll();
    if (first != null) {
      add(first);
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return head == null;
  }
}
