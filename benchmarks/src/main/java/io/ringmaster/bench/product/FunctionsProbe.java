package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.HttpLoad;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code functions.*}: what a request to the Lambda API takes on one connection with so many
 * functions; in-JVM handlers.
 */
public final class FunctionsProbe implements Probe {
  private static final int PAGE = 50;
  private static final String LIST = "/2015-03-31/functions/?MaxItems=" + PAGE;
  private static final Pattern MARKER = Pattern.compile("\"NextMarker\"\\s*:\\s*\"([^\"]+)\"");

  /** What is asked for. */
  public enum Asked {
    /** The first page of fifty. */
    LIST,
    /** A page in the middle. */
    PAGE,
    /** An invocation of a function in the middle. */
    INVOKE
  }

  private final HttpServed served;
  private final HttpLoad load;

  /**
   * Makes the functions.
   *
   * @param count how many, at least 100
   */
  public FunctionsProbe(Asked asked, int count) throws IOException {
    served = new HttpServed(null, EngineConfig.builder());
    try {
      for (int i = 0; i < count; i++) {
        served.opened.engine.functions().create(Echo.inJvm(name(i)));
      }
      load = new HttpLoad(served.address(), 1, request(asked, count));
      load.run(1);
    } catch (IOException | RuntimeException e) {
      served.close();
      throw e;
    }
  }

  private static String name(int number) {
    return String.format("function-%05d", number);
  }

  private byte[] request(Asked asked, int count) throws IOException {
    return switch (asked) {
      case LIST -> HttpLoad.get(LIST);
      case PAGE -> HttpLoad.get(middle(count));
      case INVOKE -> HttpLoad.invoke(name(count / 2), Echo.EVENT);
    };
  }

  /** As a client gets there: page after page. */
  private String middle(int count) throws IOException {
    String path = LIST;
    for (int i = 0; i < count / 2; i += PAGE) {
      try (HttpLoad one = new HttpLoad(served.address(), 1, HttpLoad.get(path))) {
        one.run(1);
        Matcher marker = MARKER.matcher(one.bodies().getFirst());
        if (!marker.find()) {
          throw new IOException("no marker after " + i + " functions");
        }
        path = LIST + "&Marker=" + URLEncoder.encode(marker.group(1), StandardCharsets.UTF_8);
      }
    }
    return path;
  }

  @Override
  public double round(long durationNs) throws IOException {
    return 1e6 / load.run(durationNs);
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public void close() throws IOException {
    load.close();
    served.close();
  }
}
