package io.ringmaster.bench.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** With a clock that only moves when somebody works or waits: all counts are exact. */
class LoadGeneratorTest {
  private static final long MS = 1_000_000;
  private static final long SERVICE_NS = MS / 10;
  private static final int STALL_AT = 100;
  private static final long STALL_NS = 300 * MS;

  private final Clock clock = new Clock();

  private static final class Clock implements LoadClock {
    long nowNs = 12345;
    Runnable whileWaiting = () -> {};

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public void await(long notAfterNs) {
      nowNs = Math.max(nowNs, notAfterNs);
      whileWaiting.run();
    }
  }

  /** One server, which stalls once. Answers from within the submit. */
  private final class Stalling implements LoadTarget {
    private Answers answers;
    private int served;

    @Override
    public int slots() {
      return 1;
    }

    @Override
    public void open(Answers wanted) {
      answers = wanted;
    }

    @Override
    public void submit(int slot) {
      clock.nowNs += ++served == STALL_AT ? STALL_NS : SERVICE_NS;
      answers.answered(slot, served == 7 ? "the seventh" : null);
    }

    @Override
    public void close() {}
  }

  /** Never answers, but when told to. */
  private static final class Silent implements LoadTarget {
    private final int slots;
    private final Deque<Integer> kept = new ArrayDeque<>();
    private Answers answers;

    Silent(int slots) {
      this.slots = slots;
    }

    @Override
    public int slots() {
      return slots;
    }

    @Override
    public void open(Answers wanted) {
      answers = wanted;
    }

    @Override
    public void submit(int slot) {
      kept.add(slot);
    }

    void answerAll() {
      for (int i = kept.size(); i > 0; i--) {
        answers.answered(kept.remove(), null);
      }
    }

    @Override
    public void close() {}
  }

  private static long above(Histogram histogram, long ns) {
    return histogram.getTotalCount() - histogram.getCountBetweenValues(0, ns);
  }

  private LoadReport run(LoadTarget target, LoadPlan plan) {
    return LoadGenerator.run(target, plan, clock);
  }

  /** A thousand a second for a second: what was due in the stall has waited for its end. */
  @Test
  void anOpenLoopCountsAStallInAllThatWasDueInIt() {
    LoadReport report = run(new Stalling(), new LoadPlan(1000, 0, 1000 * MS));
    assertEquals(1000, report.sent());
    assertEquals(1000, report.answered());
    assertEquals(1000, report.latencies().getTotalCount());
    // The nth that is due behind the one that stalls waits 300 − n + n × 0.1 ms.
    long over100 = above(report.latencies(), 100 * MS);
    assertTrue(over100 >= 220 && over100 <= 224, over100 + " waited longer than 100 ms");
    assertTrue(report.latencies().getValueAtPercentile(90) >= 190 * MS);
    assertEquals(1, report.errors());
    assertEquals("the seventh", report.firstError());
    assertFalse(report.clean());
  }

  /** The same server: the closed loop has sent nothing in the meantime. */
  @Test
  void aClosedLoopCountsItOnce() {
    LoadReport report = run(new Stalling(), new LoadPlan(0, 0, 1000 * MS));
    assertEquals(1, above(report.latencies(), 100 * MS));
    assertEquals(report.sent(), report.answered());
    assertTrue(report.sent() > 6000, report.text());
    assertTrue(report.latencies().getValueAtPercentile(99.9) < MS);
  }

  @Test
  void warmUpIsNotRecorded() {
    LoadReport report = run(new Stalling(), new LoadPlan(1000, 500 * MS, 500 * MS));
    assertEquals(500, report.sent());
    assertEquals(500, report.latencies().getTotalCount());
    assertEquals(0, report.errors(), "the seventh came in the warm-up");
    assertEquals(0, above(report.latencies(), 100 * MS));
    assertEquals(500, report.late().getTotalCount());
    assertTrue(report.clean());
  }

  /** Two slots and an answer every 10 ms: most are submitted late, none of that is forgotten. */
  @Test
  void waitingForASlotIsLatency() {
    Silent target = new Silent(2);
    clock.whileWaiting =
        () -> {
          clock.nowNs += 10 * MS;
          target.answerAll();
        };
    LoadReport report = run(target, new LoadPlan(1000, 0, 100 * MS));
    assertEquals(100, report.sent());
    assertEquals(100, report.answered());
    assertTrue(report.late().getMaxValue() >= 300 * MS, report.text());
    assertEquals(17, report.answeredInTime(), "what two slots can, not what was due");
    assertEquals(170, report.perSecond(), 1e-9);
    assertTrue(report.latencies().getMaxValue() >= report.late().getMaxValue(), report.text());
    assertTrue(report.clean());
  }

  @Test
  void whatIsNeverAnsweredIsRecordedWithTheTimeThatItWaited() {
    LoadReport report = run(new Silent(4), new LoadPlan(1000, 0, 10 * MS));
    assertEquals(10, report.sent());
    assertEquals(0, report.answered());
    assertEquals(10, report.unanswered());
    assertEquals(10, report.latencies().getTotalCount());
    assertTrue(report.latencies().getMinValue() > 1000 * MS, report.text());
    assertFalse(report.clean());
  }

  @Test
  void aClosedLoopEndsWhereNobodyAnswers() {
    LoadReport report = run(new Silent(4), new LoadPlan(0, 0, 10 * MS));
    assertEquals(4, report.unanswered());
    assertEquals(4, report.latencies().getTotalCount());
  }
}
