package io.ringmaster.sandbox.linux;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Which way the keeper is started next, and when. A way that is refused here is given up for the
 * weaker one at once; one that failed for another reason, which may pass, only after some attempts:
 * for a keeper keeps its way for as long as it lives. Keeper's client only.
 */
final class KeeperAttempts {
  static final int ATTEMPTS_MAX = 4;
  static final long AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(250);
  static final long ROUND_NS = TimeUnit.SECONDS.toNanos(1);

  /** What unshare(1) says where it may not, or there is no such thing, as the C locale has it. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "(?s).*unshare: [^\\n]*(Operation not permitted|Permission denied|Invalid argument"
              + "|Function not implemented|unrecognized option|invalid option).*");

  private final KeeperMode first;
  private KeeperMode mode;
  private int attempts;
  private int rounds;
  private long notBeforeNs;

  KeeperAttempts(KeeperMode first, long nowNs) {
    this.first = first;
    mode = first;
    notBeforeNs = nowNs;
  }

  /** How it is started next. */
  KeeperMode mode() {
    return mode;
  }

  /** When it is started next, at the earliest. */
  long notBeforeNs() {
    return notBeforeNs;
  }

  /** How often every way failed since one worked. */
  int rounds() {
    return rounds;
  }

  /** It is there; the next one is tried as strong as can be again, but not before that time. */
  void worked(long nextNotBeforeNs) {
    mode = first;
    attempts = 0;
    rounds = 0;
    notBeforeNs = nextNotBeforeNs;
  }

  /**
   * It was not there.
   *
   * @param refused that way does not exist here, however often it is tried
   */
  void failed(boolean refused, long nowNs) {
    attempts++;
    notBeforeNs = nowNs;
    if (!refused && attempts < ATTEMPTS_MAX) {
      notBeforeNs += AGAIN_NS;
      return;
    }
    attempts = 0;
    KeeperMode[] all = KeeperMode.values();
    if (mode.ordinal() < all.length - 1) {
      mode = all[mode.ordinal() + 1];
    } else {
      mode = first;
      rounds++;
      notBeforeNs += ROUND_NS;
    }
  }

  /** Whether what a keeper printed before it ended says that its way is refused here. */
  static boolean isRefusal(String printed) {
    return REFUSED.matcher(printed).matches();
  }
}
