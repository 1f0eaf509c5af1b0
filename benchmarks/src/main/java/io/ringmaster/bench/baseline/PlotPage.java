package io.ringmaster.bench.baseline;

import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import io.ringmaster.bench.MachineFacts;
import io.ringmaster.bench.Target;
import io.ringmaster.bench.harness.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A run as a page: a row for each id with its figure, the 95 % interval against the target on a
 * logarithmic scale (to the right of the line it is met, whichever way the target goes), and how
 * the figure went from baseline to baseline. One XHTML file with one drawing in it, no scripts,
 * nothing from elsewhere.
 */
public final class PlotPage {
  private static final int ROW = 22;
  private static final int TOP = 46;
  private static final int WIDTH = 1180;

  // The scale: from a quarter of what the target wants to four times as much.
  private static final int SCALE_LEFT = 560;
  private static final int SCALE_WIDTH = 360;
  private static final double SCALE_FACTOR = 4;
  private static final double[] TICKS = {0.25, 0.5, 1, 2, 4};

  private static final int HISTORY_LEFT = 960;
  private static final int HISTORY_WIDTH = 200;

  private static final String MET = "#1a7f37";
  private static final String MISSED = "#cf222e";
  private static final String PLAIN = "#57606a";

  private final StringBuilder out = new StringBuilder();
  private final BenchReport run;
  private final List<Baselines.Saved> saved;

  private PlotPage(BenchReport run, List<Baselines.Saved> saved) {
    this.run = run;
    this.saved = saved;
  }

  /**
   * The page.
   *
   * @param saved baselines of the same machine, the oldest first
   */
  public static String of(BenchReport run, List<Baselines.Saved> saved) {
    return new PlotPage(run, saved).page();
  }

  private String page() {
    out.append("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>")
        .append("<meta charset=\"utf-8\"/><title>Ringmaster benchmarks</title><style>\n")
        .append("body { font: 14px sans-serif; margin: 24px; color: #24292f; background: #fff; }\n")
        .append("svg text { font: 12px sans-serif; fill: #24292f; }\n")
        .append("svg text.quiet { fill: ")
        .append(PLAIN)
        .append("; }\n</style></head>\n<body>\n")
        .append("<h1>Ringmaster benchmarks</h1>\n<p>");
    facts(run.machine());
    out.append("</p>\n");
    int height = TOP + ROW * (run.results().size() + run.absent().size()) + ROW;
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\">\n",
            WIDTH,
            height,
            WIDTH,
            height));
    axis(height);
    int row = 0;
    for (BenchResult result : run.results()) {
      row(result, TOP + ROW * row++);
    }
    for (BenchReport.Absent absent : run.absent()) {
      int y = TOP + ROW * row++;
      text(0, y, "", absent.id());
      text(220, y, "quiet", "not measured: " + absent.reason());
    }
    out.append("</svg>\n</body>\n</html>\n");
    return out.toString();
  }

  private void facts(MachineFacts machine) {
    escaped(
        String.format(
            Locale.ROOT,
            "commit %s · %s · %d processors · %s · %d MiB · kernel %s · JDK %s · load average %.2f",
            run.commit(),
            machine.cpu(),
            machine.cpus(),
            machine.arch(),
            machine.memoryBytes() >> 20,
            machine.kernel(),
            machine.jdk(),
            machine.loadAverage()));
    machine.runtimes().forEach((language, version) -> escaped(" · " + language + " " + version));
  }

  private void axis(int height) {
    text(0, 14, "quiet", "id");
    text(220, 14, "quiet", "value");
    text(330, 14, "quiet", "ratio to the floor [95 %]");
    text(490, 14, "quiet", "target");
    text(HISTORY_LEFT, 14, "quiet", saved.size() + " baselines, then this run");
    for (double tick : TICKS) {
      double x = x(tick);
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"24\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\""
                  + " stroke-width=\"%s\"/>\n",
              x,
              x,
              height - ROW,
              tick == 1 ? "#24292f" : "#d0d7de",
              tick == 1 ? "1.5" : "1"));
      String name = tick < 1 ? "1/" + (int) (1 / tick) : "x " + (int) tick;
      text(x - 10, 14, "quiet", tick == 1 ? "target" : name);
    }
  }

  private void row(BenchResult result, int y) {
    Target target = result.target();
    out.append("<g><title>");
    escaped(result.line());
    out.append("</title>\n");
    text(0, y, "", result.id());
    text(220, y, "", figure(result.value()) + " " + result.unit());
    if (result.floorId() != null) {
      Interval ci95 = result.ratioCi95();
      text(
          330,
          y,
          "",
          String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", result.ratio(), ci95.low(), ci95.high()));
    }
    if (target != null) {
      text(490, y, "", target.relation().sign() + " " + figure(target.bound()));
      String colour = result.missed() ? MISSED : MET;
      Interval ci95 = target.ofRatio() ? result.ratioCi95() : result.valueCi95();
      double one = x(score(result, ci95.low()));
      double other = x(score(result, ci95.high()));
      double middle = y - 4.0;
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                  + " stroke-width=\"2\"/>\n",
              Math.min(one, other),
              middle,
              Math.max(one, other),
              middle,
              colour));
      double at = x(score(result, target.ofRatio() ? result.ratio() : result.value()));
      out.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
              at,
              middle,
              colour));
    }
    history(result, y);
    out.append("</g>\n");
  }

  /** 1: exactly the target; more: better than that. */
  private static double score(BenchResult result, double figure) {
    double bound = result.target().bound();
    double score =
        result.target().relation() == Target.Relation.AT_LEAST ? figure / bound : bound / figure;
    return Double.isNaN(score) ? 0 : score;
  }

  /** Beyond the scale's ends things lie at its ends. */
  private static double x(double score) {
    double bounded = Math.clamp(score, 1 / SCALE_FACTOR, SCALE_FACTOR);
    double share = (Math.log(bounded) / Math.log(SCALE_FACTOR) + 1) / 2;
    return SCALE_LEFT + SCALE_WIDTH * share;
  }

  private void history(BenchResult result, int y) {
    List<Double> figures = new ArrayList<>();
    for (Baselines.Saved each : saved) {
      for (BenchResult earlier : each.report().results()) {
        if (earlier.id().equals(result.id())) {
          figures.add(earlier.floorId() == null ? earlier.value() : earlier.ratio());
        }
      }
    }
    figures.add(result.floorId() == null ? result.value() : result.ratio());
    figures.removeIf(figure -> !Double.isFinite(figure));
    if (figures.size() < 2) {
      return;
    }
    double least = figures.stream().min(Double::compare).orElseThrow();
    double most = figures.stream().max(Double::compare).orElseThrow();
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < figures.size(); i++) {
      double height = most == least ? 0.5 : (figures.get(i) - least) / (most - least);
      points.append(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              HISTORY_LEFT + (double) HISTORY_WIDTH * i / (figures.size() - 1),
              y + 2 - height * (ROW - 8)));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n",
            points.toString().strip(),
            PLAIN));
  }

  private void text(double x, int y, String style, String text) {
    out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%d\"", x, y));
    if (!style.isEmpty()) {
      out.append(" class=\"").append(style).append('"');
    }
    out.append('>');
    escaped(text);
    out.append("</text>\n");
  }

  private static String figure(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%,.2f", value);
  }

  /** As text in XML; what XML cannot hold becomes a question mark. */
  private void escaped(String text) {
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isAllowed(point) ? point : '?');
              }
            });
  }

  private static boolean isAllowed(int point) {
    return point == '\n'
        || point == '\t'
        || point >= 0x20 && point <= 0xd7ff
        || point >= 0xe000 && point <= 0xfffd
        || point >= 0x10000;
  }
}
