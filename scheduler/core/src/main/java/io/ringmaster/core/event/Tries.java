package io.ringmaster.core.event;

/**
 * How often an event was tried, as the journal's one number for it: in its lower two bits how often
 * its function failed, above them how often in a row it was refused since. Pure.
 */
final class Tries {
  static final int REFUSALS_MAX = 63;

  private static final int ERROR_BITS = 2;
  private static final int ERRORS_MAX = (1 << ERROR_BITS) - 1;

  private Tries() {}

  /**
   * @param errors 0 to 3
   * @param refusals 0 or more; beyond {@value #REFUSALS_MAX} they are as many
   */
  static int of(int errors, int refusals) {
    return errors | Math.min(refusals, REFUSALS_MAX) << ERROR_BITS;
  }

  static int errors(int tries) {
    return tries & ERRORS_MAX;
  }

  static int refusals(int tries) {
    return tries >> ERROR_BITS;
  }
}
