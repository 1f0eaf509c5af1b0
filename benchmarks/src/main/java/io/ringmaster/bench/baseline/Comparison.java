package io.ringmaster.bench.baseline;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import io.ringmaster.bench.Target;
import io.ringmaster.bench.harness.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A run beside its baseline, id by id.
 *
 * <p>The figure is the ratio to the floor where there is one: what the machine was like on that day
 * is in both sides of it; else the value. It has changed if
 *
 * <ul>
 *   <li>the two 95 % intervals do not overlap, and
 *   <li>it differs by {@value #LEAST_PERCENT} % or more: an interval tells how sure one run is of
 *       itself, and runs of the same code differ by some percent more, since processes and pages
 *       come to lie elsewhere. The percents are of the largest of the two figures and the target:
 *       what may be 0 has not changed for the worse with the first byte.
 * </ul>
 *
 * <p>Everything else is noise. The interval of the change is that of a quotient of independent
 * figures: half-widths of logarithms, added as squares.
 *
 * @param changes in the order of the run; ids that the baseline does not have are not in it
 * @param unknown ids that it does not have
 */
public record Comparison(List<Change> changes, List<String> unknown) {
  /** What a change is at least, in percent. */
  public static final int LEAST_PERCENT = 5;

  /** What became of a figure. */
  public enum Verdict {
    /** It changed, for the better. */
    BETTER,
    /** It changed, for the worse. */
    WORSE,
    /** No change can be told. */
    NOISE
  }

  /**
   * One id.
   *
   * @param ofRatio whether figures are ratios to the floor; else values
   * @param now the run's figure
   * @param nowCi95 its interval
   * @param then the baseline's
   * @param thenCi95 its interval
   * @param factor {@code now ÷ then}
   * @param factorCi95 its interval; null where a figure is not above 0
   */
  public record Change(
      String id,
      boolean ofRatio,
      double now,
      Interval nowCi95,
      double then,
      Interval thenCi95,
      double factor,
      Interval factorCi95,
      Verdict verdict) {

    /** One line for people. */
    public String line() {
      String figures =
          String.format(
              "%-26s %s %10.3f [%.3f, %.3f], was %10.3f [%.3f, %.3f]",
              id,
              ofRatio ? "ratio" : "value",
              now,
              nowCi95.low(),
              nowCi95.high(),
              then,
              thenCi95.low(),
              thenCi95.high());
      String by =
          factorCi95 == null
              ? ""
              : String.format("  x %.3f [%.3f, %.3f]", factor, factorCi95.low(), factorCi95.high());
      return figures + by + (verdict == Verdict.NOISE ? "  noise" : "  " + verdict);
    }
  }

  /** Copies. */
  public Comparison {
    changes = List.copyOf(changes);
    unknown = List.copyOf(unknown);
  }

  /**
   * Compares each id with the newest baseline that has it.
   *
   * @param saved the oldest first
   */
  public static Comparison of(BenchReport run, List<Baselines.Saved> saved) {
    List<Change> changes = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (BenchResult now : run.results()) {
      BenchResult then = Baselines.last(saved, now.id());
      if (then == null || !isOfOneKind(now, then)) {
        unknown.add(now.id());
      } else {
        changes.add(change(now, then));
      }
    }
    return new Comparison(changes, unknown);
  }

  /** A ratio to another floor, or a value in another unit, cannot be compared. */
  private static boolean isOfOneKind(BenchResult now, BenchResult then) {
    return Objects.equals(now.floorId(), then.floorId()) && now.unit().equals(then.unit());
  }

  private static double least(BenchResult now, boolean ofRatio, double figure, double before) {
    Target target = now.target();
    double bound = target != null && target.ofRatio() == ofRatio ? target.bound() : 0;
    double largest = Math.max(bound, Math.max(Math.abs(figure), Math.abs(before)));
    return LEAST_PERCENT / 100.0 * largest;
  }

  private static Change change(BenchResult now, BenchResult then) {
    boolean ofRatio = now.floorId() != null;
    double figure = ofRatio ? now.ratio() : now.value();
    double before = ofRatio ? then.ratio() : then.value();
    Interval ci95 = ofRatio ? now.ratioCi95() : now.valueCi95();
    Interval beforeCi95 = ofRatio ? then.ratioCi95() : then.valueCi95();
    double factor = figure / before;
    boolean apart = ci95.low() > beforeCi95.high() || ci95.high() < beforeCi95.low();
    Verdict verdict = Verdict.NOISE;
    if (apart && Math.abs(figure - before) >= least(now, ofRatio, figure, before)) {
      verdict = figure > before == moreIsBetter(now) ? Verdict.BETTER : Verdict.WORSE;
    }
    return new Change(
        now.id(),
        ofRatio,
        figure,
        ci95,
        before,
        beforeCi95,
        factor,
        quotient(figure, ci95, before, beforeCi95),
        verdict);
  }

  private static Interval quotient(
      double figure, Interval ci95, double before, Interval beforeCi95) {
    if (!(ci95.low() > 0) || !(beforeCi95.low() > 0)) {
      return null;
    }
    double factor = figure / before;
    double down = Math.hypot(Math.log(figure / ci95.low()), Math.log(beforeCi95.high() / before));
    double up = Math.hypot(Math.log(ci95.high() / figure), Math.log(before / beforeCi95.low()));
    return new Interval(factor * Math.exp(-down), factor * Math.exp(up));
  }

  /** As its target says; without one rates are better when they are high, all else when low. */
  static boolean moreIsBetter(BenchResult result) {
    Target target = result.target();
    return target == null
        ? result.unit().endsWith("/s")
        : target.relation() == Target.Relation.AT_LEAST;
  }

  /** Those that changed for the worse. */
  public List<Change> worse() {
    return changes.stream().filter(change -> change.verdict() == Verdict.WORSE).toList();
  }

  /** Writes the field {@code baseline} into the object that is open in {@code out}. */
  public void writeField(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("baseline");
    out.writeArrayFieldStart("changes");
    for (Change change : changes) {
      out.writeStartObject();
      out.writeStringField("id", change.id());
      out.writeStringField("figure", change.ofRatio() ? "ratio" : "value");
      out.writeNumberField("now", change.now());
      out.writeNumberField("then", change.then());
      if (change.factorCi95() == null) {
        out.writeNullField("factor");
        out.writeNullField("factorCi95");
      } else {
        out.writeNumberField("factor", change.factor());
        out.writeArrayFieldStart("factorCi95");
        out.writeNumber(change.factorCi95().low());
        out.writeNumber(change.factorCi95().high());
        out.writeEndArray();
      }
      out.writeStringField("verdict", change.verdict().name().toLowerCase(Locale.ROOT));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("unknown");
    for (String id : unknown) {
      out.writeString(id);
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
