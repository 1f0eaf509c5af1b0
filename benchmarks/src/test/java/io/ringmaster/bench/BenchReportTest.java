package io.ringmaster.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.bench.harness.Interval;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static final MachineFacts MACHINE =
      new MachineFacts(
          "a processor",
          2,
          "amd64",
          1024,
          "6.1",
          "25",
          Map.of("python", "3.11.7 /usr/bin/python3"),
          0.5);

  private static BenchResult result(double value, double floor, Target target) {
    double ratio = value / floor;
    boolean none = Double.isNaN(floor);
    return new BenchResult(
        "an.id",
        "us",
        value,
        new Interval(value, value),
        9,
        none ? null : "a.floor",
        floor,
        ratio,
        none ? null : new Interval(ratio, ratio),
        target,
        "");
  }

  @Test
  void documentHasTheFieldsOfItsSchema() throws IOException {
    BenchReport report =
        new BenchReport(
            MACHINE,
            "abc",
            List.of(result(3, 2, Target.atMost(1.5)), result(7, Double.NaN, null)),
            List.of(new BenchReport.Absent("x", "one processor")));
    assertEquals(
        "{\"machine\":{\"cpu\":\"a processor\",\"cpus\":2,\"arch\":\"amd64\",\"memoryBytes\":1024,"
            + "\"kernel\":\"6.1\",\"jdk\":\"25\",\"python\":\"3.11.7 /usr/bin/python3\","
            + "\"loadAverage\":0.5},\"commit\":\"abc\",\"results\":["
            + "{\"id\":\"an.id\",\"unit\":\"us\",\"value\":3.0,\"ci95\":[3.0,3.0],\"samples\":9,"
            + "\"floorId\":\"a.floor\",\"floorValue\":2.0,\"ratio\":1.5,\"ratioCi95\":[1.5,1.5],"
            + "\"target\":1.5,\"targetRelation\":\"<=\",\"met\":true,\"detail\":\"\"},"
            + "{\"id\":\"an.id\",\"unit\":\"us\",\"value\":7.0,\"ci95\":[7.0,7.0],\"samples\":9,"
            + "\"floorId\":null,\"floorValue\":null,\"ratio\":null,\"ratioCi95\":null,"
            + "\"target\":null,\"targetRelation\":null,\"met\":null,\"detail\":\"\"}],"
            + "\"absent\":[{\"id\":\"x\",\"reason\":\"one processor\"}]}",
        json(report));
  }

  private static String json(BenchReport report) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      report.writeFields(out);
      out.writeEndObject();
    }
    return text.toString();
  }

  @Test
  void targetsAreJudgedByTheirRelation() {
    assertFalse(result(150, 100, Target.atMost(1.5)).missed());
    assertTrue(result(151, 100, Target.atMost(1.5)).missed());
    assertFalse(result(90, 100, Target.atLeast(0.9)).missed());
    assertTrue(result(89, 100, Target.atLeast(0.9)).missed());
    assertTrue(result(65536, Double.NaN, Target.valueBelow(65536)).missed());
    assertFalse(result(0, Double.NaN, Target.valueBelow(65536)).missed());
    assertFalse(result(1, Double.NaN, null).missed());
  }

  @Test
  void ratioThatIsNoNumberMisses() {
    assertTrue(result(0, 0, Target.atMost(1)).missed());
    assertTrue(result(0, 0, Target.atLeast(1)).missed());
  }

  @Test
  void missedListsOnlyThose() {
    BenchResult met = result(1, 1, Target.atLeast(1));
    BenchResult missed = result(1, 2, Target.atLeast(1));
    assertEquals(
        List.of(missed), new BenchReport(MACHINE, "abc", List.of(met, missed), List.of()).missed());
  }

  @Test
  void prefixesSelectUpToADot() {
    assertEquals(
        List.of("channel.python.same", "channel.python.cross"), selected("channel.python"));
    assertEquals(List.of("cold.python"), selected("cold.python"));
    assertEquals(List.of("invoke.saturated.python.1"), selected("invoke.saturated.python.1"));
    assertEquals(Suite.ids(), selected());
    assertEquals(List.of("dispatch.turn", "warm.allocation"), selected("warm", "dispatch.turn"));
  }

  private static List<String> selected(String... only) {
    return Suite.select(List.of(only)).stream().map(Benchmark::id).toList();
  }

  @Test
  void whatNeedsAMissingInterpreterIsNotMeasuredAndSaysWhy() {
    List<String> told = new ArrayList<>();
    BenchReport report =
        Bench.run(
            Suite.select(List.of("cold", "logs", "warm")),
            BenchOptions.quick(List.of()),
            Map.of(),
            MACHINE,
            told::add);
    assertEquals(List.of(), report.results());
    assertEquals(
        Suite.select(List.of("cold", "logs", "warm")).stream().map(Benchmark::id).toList(),
        report.absent().stream().map(BenchReport.Absent::id).toList());
    for (BenchReport.Absent absent : report.absent()) {
      assertTrue(absent.reason().matches(".*(was found; install|there is no) .+"), absent.reason());
      assertTrue(told.contains(absent.id() + " cannot be measured here: " + absent.reason()));
    }
  }

  @Test
  void unknownIdIsWrongUsage() {
    String message =
        assertThrows(UnknownBenchmarkException.class, () -> Suite.select(List.of("cold", "chan")))
            .getMessage();
    assertTrue(message.startsWith("no benchmark chan;"), message);
    assertTrue(message.contains("warm.allocation"), message);
    assertThrows(UnknownBenchmarkException.class, () -> Suite.select(List.of("")));
  }
}
