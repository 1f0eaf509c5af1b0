package io.ringmaster.bench;

/**
 * What a benchmark must reach.
 *
 * @param relation how its figure must compare
 * @param bound with what
 * @param ofRatio true: the ratio to the floor is compared; false: the value itself
 */
public record Target(Relation relation, double bound, boolean ofRatio) {

  /** How a figure compares with a bound. */
  public enum Relation {
    /** The figure must not be less. */
    AT_LEAST(">="),
    /** The figure must not be more. */
    AT_MOST("<="),
    /** The figure must be less. */
    BELOW("<");

    private final String sign;

    Relation(String sign) {
      this.sign = sign;
    }

    /** As it is written: {@code >=}, {@code <=}, {@code <}. */
    public String sign() {
      return sign;
    }
  }

  static Target atLeast(double ratio) {
    return new Target(Relation.AT_LEAST, ratio, true);
  }

  static Target atMost(double ratio) {
    return new Target(Relation.AT_MOST, ratio, true);
  }

  static Target valueAtMost(double bound) {
    return new Target(Relation.AT_MOST, bound, false);
  }

  static Target valueBelow(double bound) {
    return new Target(Relation.BELOW, bound, false);
  }

  /** Whether it is reached; a ratio that is not a number is not. */
  boolean isMet(double value, double ratio) {
    double figure = ofRatio ? ratio : value;
    return switch (relation) {
      case AT_LEAST -> figure >= bound;
      case AT_MOST -> figure <= bound;
      case BELOW -> figure < bound;
    };
  }
}
