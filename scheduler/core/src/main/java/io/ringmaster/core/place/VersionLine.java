package io.ringmaster.core.place;

import io.ringmaster.core.model.VersionState;

/** First in, first out; a version is in it at most once. Dispatcher thread only. */
abstract class VersionLine {
  private VersionState head;
  private VersionState tail;
  private int size;

  abstract VersionState next(VersionState version);

  abstract void link(VersionState version, VersionState next, boolean in);

  abstract boolean contains(VersionState version);

  void add(VersionState version) {
    if (contains(version)) {
      return;
    }
    link(version, null, true);
    if (tail == null) {
      head = version;
    } else {
      link(tail, version, true);
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
      head = next(first);
      if (head == null) {
        tail = null;
      }
      link(first, null, false);
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

  /** Versions to look at in this turn. */
  static VersionLine dirty() {
    return new VersionLine() {
      @Override
      VersionState next(VersionState version) {
        return version.nextDirty;
      }

      @Override
      void link(VersionState version, VersionState next, boolean in) {
        version.nextDirty = next;
        version.dirty = in;
      }

      @Override
      boolean contains(VersionState version) {
        return version.dirty;
      }
    };
  }

  /** Versions that would bind if there were capacity. */
  static VersionLine hungry() {
    return new VersionLine() {
      @Override
      VersionState next(VersionState version) {
        return version.nextHungry;
      }

      @Override
      void link(VersionState version, VersionState next, boolean in) {
        version.nextHungry = next;
        version.hungry = in;
      }

      @Override
      boolean contains(VersionState version) {
        return version.hungry;
      }
    };
  }

  /** Versions that wait although they could bind. */
  static VersionLine deferred() {
    return new VersionLine() {
      @Override
      VersionState next(VersionState version) {
        return version.nextDeferred;
      }

      @Override
      void link(VersionState version, VersionState next, boolean in) {
        version.nextDeferred = next;
        version.deferred = in;
      }

      @Override
      boolean contains(VersionState version) {
        return version.deferred;
      }
    };
  }
}
