import java.util.Map;

/** The echo function of the benchmarks. */
public final class App {
  public Map<String, Object> handle(Map<String, Object> event) {
    return event;
  }
}
