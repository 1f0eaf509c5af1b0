package io.ringmaster.simulation;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * How a sandbox wakes the engine for what it put into slots, as a model of single steps: each sleep
 * of the engine has a number, and one wake-up is enough for all that comes in one sleep. {@link
 * #explore} goes through every order of the steps.
 *
 * <p>Memory is as in {@link RevocationModel}: what a party stores waits in its buffer until a step
 * of its own; a fence waits until the own buffer is empty. The pipe is the kernel's: what is
 * written there is there, and whoever sleeps is awake.
 */
final class WakeUpModel {
  /** What is wrong with a variant of the protocol. */
  enum Flaw {
    ENGINE_WITHOUT_FENCE,
    SANDBOX_WITHOUT_FENCE,
    /** All sleeps have one number. */
    SAME_NUMBER,
    /** The engine looks once more, and only then says that it sleeps. */
    LOOKS_BEFORE_IT_SAYS,
    /** The sandbox looks whether the engine sleeps, and only then says what it put there. */
    SANDBOX_LOOKS_BEFORE_IT_SAYS,
    /** The engine is woken, reads the pipe, and sleeps on without a look into slots. */
    SLEEPS_ON,
    /** The sandbox takes an engine that never looks for one that it has woken. */
    REMEMBERS_ZERO,
    /** An engine that never looks looks into slots, and only then takes the doorbell. */
    TAKES_DOORBELL_LAST
  }

  /** What the exploration found; {@code second}: states in which no doorbell was needed. */
  record Finding(int states, int second, String violation) {}

  private static final int ANSWERS = 4;
  private static final int LAST_SLEEP = 5;
  private static final int LOOKS = 1;

  // Memory: one writer each.
  private static final int COUNT = 0; // sandbox: answers in slots
  private static final int POLLING = 1; // engine
  private static final int PIPE = 2; // the kernel's: whether there is something to read

  // The engine's own.
  private static final int ENGINE = 3; // its step
  private static final int SEEN = 4;
  private static final int SLEEP = 5; // number of the last one
  private static final int NEVER_LOOKS = 6;

  // The sandbox's own.
  private static final int SANDBOX = 7; // its step
  private static final int GIVEN = 8; // answers in slots
  private static final int DONE = 9; // answers
  private static final int WOKEN = 10;
  private static final int SAW = 11; // as the flawed one saw it
  private static final int SIZE = 12;

  // The engine's steps.
  private static final int AWAKE = 0;
  private static final int SAID = 1; // that it sleeps
  private static final int FENCED = 2;
  private static final int ASLEEP = 3;
  private static final int WOKE = 4;
  private static final int LOOKED = 5; // and says it then, as the flawed one does
  private static final int DRAINED = 6; // while it never looks
  private static final int TOOK = 7; // while it never looks, as the flawed one does

  // The sandbox's steps.
  private static final int RUNS = 0;
  private static final int BY_SLOT = 1;
  private static final int PUT = 2;
  private static final int LOOKS_AGAIN = 3;
  private static final int BY_PIPE = 4;

  private final Flaw flaw;
  private final int bufferMax;
  private final Set<String> visited = new HashSet<>();
  private final ArrayDeque<State> open = new ArrayDeque<>();
  private int second;
  private String violation;

  /** Memory and both parties, and their buffers: pairs of word and value. */
  private record State(int[] values, int[] engineBuffer, int[] sandboxBuffer) {
    State with(int... placesAndValues) {
      int[] changed = values.clone();
      for (int i = 0; i < placesAndValues.length; i += 2) {
        changed[placesAndValues[i]] = placesAndValues[i + 1];
      }
      return new State(changed, engineBuffer, sandboxBuffer);
    }

    int get(int place) {
      return values[place];
    }

    /** As this party sees it. */
    int load(boolean engine, int word) {
      int[] own = engine ? engineBuffer : sandboxBuffer;
      for (int i = own.length - 2; i >= 0; i -= 2) {
        if (own[i] == word) {
          return own[i + 1];
        }
      }
      return values[word];
    }
  }

  private WakeUpModel(Flaw flaw, int bufferMax) {
    this.flaw = flaw;
    this.bufferMax = bufferMax;
  }

  /**
   * Every order of steps of the protocol.
   *
   * @param flaw what is wrong with it; null: nothing
   * @param bufferMax stores that a buffer holds at most; 0: sequential consistency
   */
  static Finding explore(Flaw flaw, int bufferMax) {
    WakeUpModel model = new WakeUpModel(flaw, bufferMax);
    int[] start = new int[SIZE];
    start[POLLING] = LOOKS;
    start[WOKEN] = LOOKS;
    start[SLEEP] = LOOKS;
    model.reach(new State(start, new int[0], new int[0]));
    while (!model.open.isEmpty() && model.violation == null) {
      State state = model.open.pop();
      model.engine(state);
      model.sandbox(state);
      model.buffers(state);
    }
    return new Finding(model.visited.size(), model.second, model.violation);
  }

  private void reach(State state) {
    String key = Arrays.toString(state.values) + Arrays.toString(state.engineBuffer);
    if (visited.add(key + Arrays.toString(state.sandboxBuffer))) {
      judge(state);
      open.push(state);
    }
  }

  /** Nobody will wake it for what the sandbox has done with. */
  private void judge(State state) {
    boolean sleeps = state.get(ENGINE) == ASLEEP && state.get(PIPE) == 0;
    if (sleeps && state.get(SANDBOX) == RUNS && state.get(GIVEN) > state.get(SEEN)) {
      violation = "an answer is left unseen: " + Arrays.toString(state.values);
    }
  }

  private State store(State state, boolean engine, int word, int value) {
    if (bufferMax == 0) {
      return state.with(word, value);
    }
    int[] own = engine ? state.engineBuffer : state.sandboxBuffer;
    int[] longer = Arrays.copyOf(own, own.length + 2);
    longer[own.length] = word;
    longer[own.length + 1] = value;
    return engine
        ? new State(state.values, longer, state.sandboxBuffer)
        : new State(state.values, state.engineBuffer, longer);
  }

  private boolean room(int[] buffer) {
    return bufferMax == 0 || buffer.length / 2 < bufferMax;
  }

  /** The oldest store of one of them reaches memory. */
  private void buffers(State state) {
    int[] engines = state.engineBuffer;
    int[] sandboxes = state.sandboxBuffer;
    if (engines.length > 0) {
      State next = state.with(engines[0], engines[1]);
      reach(new State(next.values, Arrays.copyOfRange(engines, 2, engines.length), sandboxes));
    }
    if (sandboxes.length > 0) {
      State next = state.with(sandboxes[0], sandboxes[1]);
      reach(new State(next.values, engines, Arrays.copyOfRange(sandboxes, 2, sandboxes.length)));
    }
  }

  // ---- the engine ----

  private void engine(State state) {
    boolean room = room(state.engineBuffer);
    int count = state.load(true, COUNT);
    switch (state.get(ENGINE)) {
      case AWAKE -> awake(state, room, count);
      case SAID -> {
        if (flaw == Flaw.ENGINE_WITHOUT_FENCE || state.engineBuffer.length == 0) {
          reach(state.with(ENGINE, FENCED));
        }
      }
      case FENCED -> reach(state.with(ENGINE, count > state.get(SEEN) ? WOKE : ASLEEP));
      case LOOKED -> {
        if (room) {
          reach(says(state, state.get(SLEEP)).with(ENGINE, ASLEEP));
        }
      }
      case ASLEEP -> asleep(state, count);
      case WOKE -> {
        if (room) {
          reach(store(state, true, POLLING, LOOKS).with(ENGINE, AWAKE, NEVER_LOOKS, 0));
        }
      }
      case DRAINED -> reach(state.with(ENGINE, FENCED, SEEN, count));
      case TOOK -> reach(state.with(ENGINE, ASLEEP, PIPE, 0));
      default -> throw new IllegalStateException();
    }
  }

  private State says(State state, int polling) {
    return store(state, true, POLLING, polling);
  }

  /** It looks, reads, goes to sleep, or ceases to look, as it likes. */
  private void awake(State state, boolean room, int count) {
    reach(state.with(SEEN, count));
    reach(state.with(PIPE, 0));
    if (!room) {
      return;
    }
    if (state.get(SLEEP) < LAST_SLEEP) {
      int number = state.get(SLEEP) + 1;
      State sleeping = state.with(SLEEP, number);
      if (flaw != Flaw.LOOKS_BEFORE_IT_SAYS) {
        int said = flaw == Flaw.SAME_NUMBER ? LOOKS + 1 : number;
        reach(says(sleeping, said).with(ENGINE, SAID));
      } else if (count == state.get(SEEN)) {
        reach(sleeping.with(ENGINE, LOOKED));
      }
    }
    reach(says(state, 0).with(ENGINE, SAID, NEVER_LOOKS, 1));
  }

  private void asleep(State state, int count) {
    if (state.get(PIPE) == 0) {
      return;
    }
    if (flaw == Flaw.SLEEPS_ON) {
      reach(state.with(PIPE, 0));
    }
    if (state.get(NEVER_LOOKS) == 0) {
      reach(state.with(ENGINE, WOKE));
    } else if (flaw == Flaw.TAKES_DOORBELL_LAST) {
      reach(state.with(ENGINE, TOOK, SEEN, count));
    } else {
      reach(state.with(ENGINE, DRAINED, PIPE, 0));
      reach(state.with(ENGINE, WOKE)); // looks from now on
    }
  }

  // ---- the sandbox ----

  private void sandbox(State state) {
    int polling = state.load(false, POLLING);
    boolean wakes = polling != LOOKS && polling != state.get(WOKEN);
    switch (state.get(SANDBOX)) {
      case RUNS -> {
        if (state.get(DONE) < ANSWERS) {
          reach(state.with(SANDBOX, BY_SLOT, SAW, wakes ? 1 : 0));
          if (wakes) {
            reach(remembers(state, polling).with(SANDBOX, BY_PIPE));
          }
        }
      }
      case BY_SLOT -> {
        if (room(state.sandboxBuffer)) {
          int given = state.get(GIVEN) + 1;
          reach(store(state, false, COUNT, given).with(SANDBOX, PUT, GIVEN, given));
        }
      }
      case PUT -> {
        if (flaw == Flaw.SANDBOX_WITHOUT_FENCE || state.sandboxBuffer.length == 0) {
          reach(state.with(SANDBOX, LOOKS_AGAIN));
        }
      }
      case LOOKS_AGAIN -> {
        boolean rings = flaw == Flaw.SANDBOX_LOOKS_BEFORE_IT_SAYS ? state.get(SAW) == 1 : wakes;
        if (rings) {
          reach(done(remembers(state, polling).with(PIPE, 1)));
        } else {
          second += polling == LOOKS ? 0 : 1;
          reach(done(state));
        }
      }
      case BY_PIPE -> reach(done(state.with(PIPE, 1)));
      default -> throw new IllegalStateException();
    }
  }

  private State remembers(State state, int polling) {
    return polling == 0 && flaw != Flaw.REMEMBERS_ZERO ? state : state.with(WOKEN, polling);
  }

  private static State done(State state) {
    return state.with(SANDBOX, RUNS, DONE, state.get(DONE) + 1, SAW, 0);
  }
}
