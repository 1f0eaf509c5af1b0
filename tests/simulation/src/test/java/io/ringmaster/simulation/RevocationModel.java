package io.ringmaster.simulation;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The protocol by which the engine takes back what lies in a chain behind a running invocation, as
 * a model of single steps; {@link #explore} goes through every order in which they can happen: each
 * request of the chain by itself, in any order, several at once.
 *
 * <p>Two parties share memory: words that each one alone writes, slots for requests with a word
 * each that takes back, and a line of messages (answers and skips). What one of them writes waits
 * in its store buffer until a step of its own puts it into memory, oldest first; a party sees its
 * own stores at once, the other's only from memory; a fence waits until the own buffer is empty.
 * That is how x86 orders; with buffers of length 0 it is sequential consistency. The process may
 * die between any two steps: what it had stored is in memory then.
 *
 * <p>A state is an array of small numbers, so that states can be told apart.
 */
final class RevocationModel {
  /** What is wrong with a variant of the protocol. */
  enum Flaw {
    ENGINE_WITHOUT_FENCE,
    SANDBOX_WITHOUT_FENCE,
    /** The sandbox looks whether it was revoked, and only then says that it takes it. */
    LOOKS_BEFORE_IT_SAYS,
    /** The engine looks whether it was taken, and only then says that it is revoked. */
    ENGINE_LOOKS_BEFORE_IT_SAYS,
    /** One word names what was taken back last, not one for each slot. */
    ONE_WORD_FOR_ALL,
    /** The sandbox takes one for revoked if any that lay in its slot was. */
    ANY_NUMBER_MEANS_IT,
    /** The sandbox takes one for revoked if one behind it was. */
    LATER_MEANS_IT_TOO,
    /** The engine offers the next one though the sandbox may still come to a revoked one. */
    SLOT_USED_TOO_SOON,
    /** What was not taken when the process died counts as begun. */
    DEATH_TAKES_ALL,
    /** The sandbox tells nothing of what it skips. */
    SILENT_SKIP
  }

  /** What the exploration found. */
  record Finding(int states, int ends, String violation) {}

  /** Invocations of one exploration. */
  private static final int REQUESTS = 5;

  /** So many are in the sandbox at most. */
  private static final int SLOTS = 3;

  // Memory: one writer each.
  private static final int OFFERED = 0; // engine: how many requests are in slots
  private static final int TAKING = 1; // sandbox: the last one that it came to
  private static final int MESSAGES = 2; // sandbox: how many messages it has sent
  private static final int REVOKED = 3; // engine: for each slot, the one that it took back
  private static final int REQUEST_SLOT = REVOKED + SLOTS; // engine: which request is in it
  private static final int MESSAGE = REQUEST_SLOT + SLOTS; // sandbox: +n or −n, answered, skipped
  private static final int WORDS = MESSAGE + REQUESTS;

  // The engine's own.
  private static final int HANDED = WORDS;
  private static final int TOLD = HANDED + 1; // messages read
  private static final int REVOKING = TOLD + 1; // the one that it is taking back; 0: none
  private static final int REVOKE_STEP = REVOKING + 1;
  private static final int SEEN_TAKING = REVOKE_STEP + 1; // as the flawed engine saw it
  private static final int FATE = SEEN_TAKING + 1; // of each request

  // The sandbox's own.
  private static final int AT = FATE + REQUESTS; // the request that it is at, from 1
  private static final int STEP = AT + 1;
  private static final int SAW_REVOKED = STEP + 1; // as the flawed sandbox saw it
  private static final int DEAD = SAW_REVOKED + 1;
  private static final int BEGUN = DEAD + 1; // how often each request was begun
  private static final int SIZE = BEGUN + REQUESTS;

  // Fates.
  private static final int NOT_HANDED = 0;
  private static final int IN_SANDBOX = 1;
  private static final int IN_DOUBT = 2;
  private static final int AGAIN = 3; // the engine's again, still to be skipped by the sandbox
  private static final int AGAIN_TOLD = 4;
  private static final int ANSWERED = 5;
  private static final int LOST = 6;

  // The sandbox's steps.
  private static final int WAIT = 0;
  private static final int SAY = 1;
  private static final int FENCE = 2;
  private static final int LOOK = 3;
  private static final int RUN = 4;
  private static final int ANSWER = 5;
  private static final int SKIP = 6;

  private final Set<Flaw> flaws;
  private final int bufferMax;
  private final Set<String> visited = new HashSet<>();
  private final ArrayDeque<State> open = new ArrayDeque<>();
  private int ends;
  private String violation;

  /** Memory and both parties, with what their buffers hold: pairs of word and value. */
  private static final class State {
    final int[] values;
    final int[] engineBuffer;
    final int[] sandboxBuffer;

    State(int[] values, int[] engineBuffer, int[] sandboxBuffer) {
      this.values = values;
      this.engineBuffer = engineBuffer;
      this.sandboxBuffer = sandboxBuffer;
    }
  }

  private RevocationModel(Set<Flaw> flaws, int bufferMax) {
    this.flaws = flaws;
    this.bufferMax = bufferMax;
  }

  /**
   * Every order of steps of the protocol with these flaws.
   *
   * @param bufferMax stores that a buffer holds at most; 0: sequential consistency
   */
  static Finding explore(Set<Flaw> flaws, int bufferMax) {
    RevocationModel model =
        new RevocationModel(flaws.isEmpty() ? EnumSet.noneOf(Flaw.class) : flaws, bufferMax);
    int[] start = new int[SIZE];
    start[AT] = 1;
    model.reach(new State(start, new int[0], new int[0]));
    while (!model.open.isEmpty() && model.violation == null) {
      model.follow(model.open.pop());
    }
    return new Finding(model.visited.size(), model.ends, model.violation);
  }

  private boolean has(Flaw flaw) {
    return flaws.contains(flaw);
  }

  private void reach(State state) {
    if (visited.add(numbers(state))) {
      open.push(state);
    }
  }

  /** What tells it from others. */
  private static String numbers(State state) {
    StringBuilder all = new StringBuilder(SIZE + 16);
    for (int[] part : List.of(state.values, state.engineBuffer, state.sandboxBuffer)) {
      for (int number : part) {
        all.append((char) (number + 100));
      }
      all.append((char) 0);
    }
    return all.toString();
  }

  private void follow(State state) {
    boolean engine = engine(state);
    boolean sandbox = sandbox(state);
    boolean buffers = buffers(state);
    if (!engine && !sandbox && !buffers) {
      end(state);
    }
  }

  // ---- memory ----

  private static int load(State state, int[] own, int word) {
    for (int i = own.length - 2; i >= 0; i -= 2) {
      if (own[i] == word) {
        return own[i + 1];
      }
    }
    return state.values[word];
  }

  private State store(State state, boolean byEngine, int... wordsAndValues) {
    if (bufferMax == 0) {
      State next = copy(state);
      for (int i = 0; i < wordsAndValues.length; i += 2) {
        next.values[wordsAndValues[i]] = wordsAndValues[i + 1];
      }
      return next;
    }
    int[] own = byEngine ? state.engineBuffer : state.sandboxBuffer;
    int[] longer = Arrays.copyOf(own, own.length + wordsAndValues.length);
    System.arraycopy(wordsAndValues, 0, longer, own.length, wordsAndValues.length);
    int[] values = state.values.clone();
    return byEngine
        ? new State(values, longer, state.sandboxBuffer)
        : new State(values, state.engineBuffer, longer);
  }

  private boolean room(int[] buffer, int stores) {
    return bufferMax == 0 || buffer.length / 2 + stores <= bufferMax;
  }

  private static State copy(State state) {
    return new State(state.values.clone(), state.engineBuffer, state.sandboxBuffer);
  }

  /** The oldest store of one of them reaches memory. */
  private boolean buffers(State state) {
    boolean moved = false;
    for (boolean engine : new boolean[] {true, false}) {
      int[] buffer = engine ? state.engineBuffer : state.sandboxBuffer;
      if (buffer.length > 0) {
        int[] values = state.values.clone();
        values[buffer[0]] = buffer[1];
        int[] rest = Arrays.copyOfRange(buffer, 2, buffer.length);
        reach(
            engine
                ? new State(values, rest, state.sandboxBuffer)
                : new State(values, state.engineBuffer, rest));
        moved = true;
      }
    }
    return moved;
  }

  // ---- the engine ----

  private boolean engine(State state) {
    if (state.values[REVOKING] != 0) {
      return revoke(state);
    }
    boolean offers = offer(state);
    boolean hears = hear(state);
    boolean revokes = beginRevoking(state);
    boolean learns = learnOfDeath(state);
    return offers || hears || revokes || learns;
  }

  /**
   * Requests in the sandbox, as the engine knows: handed over, and neither answered nor skipped.
   */
  private static int inside(State state, boolean withRevoked) {
    int count = 0;
    for (int n = 1; n <= REQUESTS; n++) {
      int fate = state.values[FATE + n - 1];
      if (fate == IN_SANDBOX || fate == IN_DOUBT || withRevoked && fate == AGAIN) {
        count++;
      }
    }
    return count;
  }

  private boolean offer(State state) {
    int handed = state.values[HANDED];
    if (handed == REQUESTS
        || inside(state, !has(Flaw.SLOT_USED_TOO_SOON)) == SLOTS
        || state.values[DEAD] == 2
        || !room(state.engineBuffer, 2)) {
      return false;
    }
    int n = handed + 1;
    State next = store(state, true, REQUEST_SLOT + n % SLOTS, n, OFFERED, n);
    next.values[HANDED] = n;
    next.values[FATE + n - 1] = IN_SANDBOX;
    reach(next);
    return true;
  }

  /** Reads the next message: an answer or a skip of the next request. */
  private boolean hear(State state) {
    int told = state.values[TOLD];
    if (load(state, state.engineBuffer, MESSAGES) <= told) {
      return false;
    }
    int message = load(state, state.engineBuffer, MESSAGE + told);
    int n = Math.abs(message);
    State next = copy(state);
    next.values[TOLD] = told + 1;
    int fate = state.values[FATE + n - 1];
    if (n != nextExpected(state)) {
      violation = "a message of " + n + " came out of order";
    } else if (message > 0) {
      if (fate == AGAIN) {
        violation = n + " was taken back, and is answered";
      }
      next.values[FATE + n - 1] = ANSWERED;
    } else if (fate == IN_SANDBOX) {
      violation = n + " was skipped, though nobody revoked it";
    } else {
      next.values[FATE + n - 1] = AGAIN_TOLD;
    }
    reach(next);
    return true;
  }

  private static int nextExpected(State state) {
    for (int n = 1; n <= REQUESTS; n++) {
      int fate = state.values[FATE + n - 1];
      if (fate == IN_SANDBOX || fate == IN_DOUBT || fate == AGAIN) {
        return n;
      }
    }
    return 0;
  }

  /** What was given behind another one may be taken back at any time, whatever became of others. */
  private boolean beginRevoking(State state) {
    if (state.values[DEAD] == 2) {
      return false;
    }
    boolean begins = false;
    for (int n = 2; n <= REQUESTS; n++) {
      if (state.values[FATE + n - 1] == IN_SANDBOX) {
        State next = copy(state);
        next.values[REVOKING] = n;
        next.values[REVOKE_STEP] = 0;
        reach(next);
        begins = true;
      }
    }
    return begins;
  }

  /** The word by which it is taken back. */
  private int revokedWord(int n) {
    return REVOKED + (has(Flaw.ONE_WORD_FOR_ALL) ? 0 : n % SLOTS);
  }

  private boolean revoke(State state) {
    int n = state.values[REVOKING];
    boolean looksFirst = has(Flaw.ENGINE_LOOKS_BEFORE_IT_SAYS);
    State next;
    switch (state.values[REVOKE_STEP]) {
      case 0 -> {
        if (looksFirst) {
          next = copy(state);
          next.values[SEEN_TAKING] = load(state, state.engineBuffer, TAKING);
        } else if (room(state.engineBuffer, 1)) {
          next = store(state, true, revokedWord(n), n);
        } else {
          return false;
        }
      }
      case 1 -> {
        if (looksFirst) {
          if (!room(state.engineBuffer, 1)) {
            return false;
          }
          next = store(state, true, revokedWord(n), n);
        } else {
          if (!has(Flaw.ENGINE_WITHOUT_FENCE) && state.engineBuffer.length > 0) {
            return false; // the fence
          }
          next = copy(state);
        }
      }
      default -> {
        int taking =
            looksFirst ? state.values[SEEN_TAKING] : load(state, state.engineBuffer, TAKING);
        next = copy(state);
        next.values[FATE + n - 1] = taking < n ? AGAIN : IN_DOUBT;
        next.values[REVOKING] = 0;
        next.values[SEEN_TAKING] = 0;
        next.values[REVOKE_STEP] = -1;
      }
    }
    next.values[REVOKE_STEP]++;
    reach(next);
    return true;
  }

  /** All its messages were read: what was not taken is placed again, what was taken is lost. */
  private boolean learnOfDeath(State state) {
    boolean silent =
        state.sandboxBuffer.length == 0
            && load(state, state.engineBuffer, MESSAGES) == state.values[TOLD];
    if (state.values[DEAD] != 1 || !silent) {
      return false;
    }
    State next = copy(state);
    next.values[DEAD] = 2;
    int taking = load(state, state.engineBuffer, TAKING);
    int first = nextExpected(state);
    for (int n = 1; n <= REQUESTS; n++) {
      int fate = state.values[FATE + n - 1];
      if (fate == IN_SANDBOX || fate == IN_DOUBT) {
        boolean revocable = n > 1;
        boolean taken = has(Flaw.DEATH_TAKES_ALL) || !revocable || taking >= n;
        next.values[FATE + n - 1] = n == first && taken ? LOST : AGAIN_TOLD;
      } else if (fate == AGAIN) {
        next.values[FATE + n - 1] = AGAIN_TOLD;
      }
    }
    reach(next);
    return true;
  }

  // ---- the sandbox ----

  private boolean sandbox(State state) {
    if (state.values[DEAD] != 0) {
      return false;
    }
    State dying = copy(state);
    dying.values[DEAD] = 1;
    reach(dying);
    int n = state.values[AT];
    boolean looksFirst = has(Flaw.LOOKS_BEFORE_IT_SAYS);
    State next;
    switch (state.values[STEP]) {
      case WAIT -> {
        if (n > REQUESTS || load(state, state.sandboxBuffer, OFFERED) < n) {
          return true;
        }
        if (load(state, state.sandboxBuffer, REQUEST_SLOT + n % SLOTS) != n) {
          violation = "the sandbox comes to " + n + ", and its slot has another one";
        }
        next = step(state, n > 1 ? SAY : RUN);
      }
      case SAY -> {
        if (looksFirst) {
          next = step(state, FENCE);
          next.values[SAW_REVOKED] = seesRevoked(state, n) ? 1 : 0;
        } else if (room(state.sandboxBuffer, 1)) {
          next = step(store(state, false, TAKING, n), FENCE);
        } else {
          return true;
        }
      }
      case FENCE -> {
        if (looksFirst && !room(state.sandboxBuffer, 1)) {
          return true;
        }
        if (looksFirst) {
          next = step(store(state, false, TAKING, n), LOOK);
        } else if (has(Flaw.SANDBOX_WITHOUT_FENCE) || state.sandboxBuffer.length == 0) {
          next = step(state, LOOK);
        } else {
          return true;
        }
      }
      case LOOK -> {
        boolean skips = looksFirst ? state.values[SAW_REVOKED] == 1 : seesRevoked(state, n);
        next = step(state, skips ? SKIP : RUN);
      }
      case RUN -> {
        next = step(state, ANSWER);
        next.values[BEGUN + n - 1]++;
        if (state.values[FATE + n - 1] == AGAIN || state.values[FATE + n - 1] == AGAIN_TOLD) {
          violation = n + " was taken back, and begins";
        }
      }
      default -> {
        if (!room(state.sandboxBuffer, 2)) {
          return true;
        }
        next = tell(state, n);
      }
    }
    reach(next);
    return true;
  }

  private boolean seesRevoked(State state, int n) {
    int revoked = load(state, state.sandboxBuffer, revokedWord(n));
    boolean later = false;
    for (int slot = 0; slot < SLOTS; slot++) {
      later |= load(state, state.sandboxBuffer, REVOKED + slot) > n;
    }
    return revoked == n
        || has(Flaw.ANY_NUMBER_MEANS_IT) && revoked != 0
        || has(Flaw.LATER_MEANS_IT_TOO) && later;
  }

  /** An answer or a skip; then it waits for the next. */
  private State tell(State state, int n) {
    boolean skips = state.values[STEP] == SKIP;
    State told = state;
    if (!skips || !has(Flaw.SILENT_SKIP)) {
      int sent = load(state, state.sandboxBuffer, MESSAGES);
      told = store(state, false, MESSAGE + sent, skips ? -n : n, MESSAGES, sent + 1);
    }
    State next = step(told, WAIT);
    next.values[AT] = n + 1;
    next.values[SAW_REVOKED] = 0;
    return next;
  }

  private static State step(State state, int to) {
    State next = copy(state);
    next.values[STEP] = to;
    return next;
  }

  // ---- what must hold ----

  /** Nothing can happen any more. */
  private void end(State state) {
    ends++;
    for (int n = 1; n <= REQUESTS; n++) {
      int fate = state.values[FATE + n - 1];
      int begun = state.values[BEGUN + n - 1];
      boolean right =
          switch (fate) {
            case NOT_HANDED, AGAIN_TOLD -> begun == 0;
            case ANSWERED -> begun == 1;
            case LOST -> begun == 1 || n == 1 || state.values[TAKING] >= n;
            default -> false;
          };
      if (!right) {
        violation = n + " ends with fate " + fate + ", begun " + begun + " times";
      }
    }
  }
}
