package io.ringmaster.persistence.chronicle;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who waits until what was appended is durable. The appender's thread only. Whoever is told does
 * not wait any more, whatever the callback does.
 */
final class Waiting {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");

  private List<Command.Accept> appended = new ArrayList<>();
  private List<Command.Accept> spare = new ArrayList<>();
  private final List<Consumer<String>> syncs = new ArrayList<>();

  void add(Command.Accept accept) {
    appended.add(accept);
  }

  void add(Consumer<String> sync) {
    syncs.add(sync);
  }

  boolean isEmpty() {
    return appended.isEmpty() && syncs.isEmpty();
  }

  /** It is durable. */
  void tellDurable(OwedTable table) {
    List<Command.Accept> accepted = appended;
    appended = spare;
    spare = accepted;
    for (int i = 0; i < accepted.size(); i++) {
      Command.Accept each = accepted.get(i);
      try {
        each.receipt.accepted(table.handle(each.place));
      } catch (RuntimeException | Error e) {
        threw(e);
      }
    }
    accepted.clear();
    tellSyncs(null);
  }

  /** The events that were appended and of which nobody was told: they wait no more. */
  List<Command.Accept> takeAppended() {
    List<Command.Accept> taken = List.copyOf(appended);
    appended.clear();
    return taken;
  }

  /**
   * @param failure null: all is recorded
   */
  void tellSyncs(String failure) {
    if (syncs.isEmpty()) {
      return;
    }
    List<Consumer<String>> told = List.copyOf(syncs);
    syncs.clear();
    for (Consumer<String> sync : told) {
      tell(() -> sync.accept(failure));
    }
  }

  /** Runs a callback; what it throws is its own affair. */
  static void tell(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      threw(e);
    }
  }

  private static void threw(Throwable callbacks) {
    LOG.log(Level.ERROR, "a callback of the journal threw: " + callbacks, callbacks);
  }
}
