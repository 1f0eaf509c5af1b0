package io.ringmaster.bench.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotPageTest {
  private static Document parsed(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
  }

  private static Set<String> texts(Document page) {
    Set<String> texts = new TreeSet<>();
    NodeList found = page.getElementsByTagName("text");
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }

  private static BenchReport allIds(double ratio) {
    List<BenchResult> results = new ArrayList<>();
    for (String id : Bench.ids()) {
      results.add(
          switch (results.size() % 4) {
            case 0 -> Runs.ratio(id, Runs.atLeast(0.9), ratio / 1.2, ratio, ratio * 1.2);
            case 1 -> Runs.ratio(id, Runs.atMost(0.9), ratio / 1.2, ratio, ratio * 1.2);
            case 2 -> Runs.value(id, "us", null, ratio);
            default -> Runs.value(id, "B", Runs.valueBelow(1), 0);
          });
    }
    return Runs.of(results.toArray(BenchResult[]::new));
  }

  @Test
  void isWellFormedAndShowsEveryId() throws Exception {
    List<Baselines.Saved> saved =
        List.of(
            new Baselines.Saved(Path.of("1"), allIds(0.8)),
            new Baselines.Saved(Path.of("2"), allIds(0.9)));
    String text = PlotPage.of(allIds(1.1), saved);
    Document page = parsed(text);
    Set<String> shown = texts(page);
    for (String id : Bench.ids()) {
      assertTrue(shown.contains(id), id);
    }
    assertTrue(shown.contains("absent.id"));
    assertTrue(shown.contains("not measured: no \"interpreter\" <here>"));
    assertTrue(text.contains("A &lt;processor&gt; &amp; more (R)"));
    assertEquals(0, page.getElementsByTagName("script").getLength());
    // Nothing is fetched: the only addresses are the names of XML's name spaces.
    assertFalse(text.replaceAll("xmlns=\"[^\"]*\"", "").contains("://"), text);
    assertFalse(text.contains("NaN") || text.contains("Infinity"), text);
    int withHistory = page.getElementsByTagName("polyline").getLength();
    assertEquals(Bench.ids().size(), withHistory);
  }

  /** The line of the target parts met from missed, whichever way the target goes. */
  @Test
  void whatIsMetLiesToTheRight() throws Exception {
    for (BenchResult result :
        List.of(
            Runs.ratio("id", Runs.atLeast(1), 1.4, 1.5, 1.6),
            Runs.ratio("id", Runs.atMost(1), 0.4, 0.5, 0.6),
            Runs.ratio("id", Runs.atLeast(1), 0.4, 0.5, 0.6),
            Runs.ratio("id", Runs.atMost(1), 1.4, 1.5, 1.6),
            Runs.value("id", "B", Runs.valueBelow(1), 0),
            Runs.ratio("id", Runs.atMost(1), 1e9, 1e9, 1e9))) {
      Document page = parsed(PlotPage.of(Runs.of(result), List.of()));
      Element dot = (Element) page.getElementsByTagName("circle").item(0);
      double at = Double.parseDouble(dot.getAttribute("cx"));
      assertEquals(!result.missed(), at > 740, result.line());
      assertTrue(at >= 560 && at <= 920, result.line());
    }
  }
}
