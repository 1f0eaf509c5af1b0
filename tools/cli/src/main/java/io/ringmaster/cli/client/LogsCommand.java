package io.ringmaster.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Prints lines of a function's log: the last 64 KiB, or those that the options choose, or,"
          + " with",
      "-f, those that come. All of it lies in files below logs in the data folder."
    })
public final class LogsCommand extends ServerCommand {
  private static final long POLL_MS = 300;
  private static final int PAGE = 5000;

  /** Of a document, which is made before it is printed. */
  private static final long JSON_CHARS_MAX = 16L << 20;

  private static final String NOT_STORED = "LogsNotStoredException";
  private static final Pattern AGO = Pattern.compile("([0-9]{1,9})([smhd])");
  private static final Duration USUAL = Duration.ofMinutes(10);

  @Parameters(paramLabel = "NAME", description = "The function's name.")
  private String name;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes, until the command is ended; begins 10 minutes ago.")
  private boolean follow;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From then on: 90s, 10m, 2h or 7d ago, or 2026-05-28T10:00:00Z.")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only before then; as --since. Not together with -f.")
  private String until;

  @Option(
      names = "--filter",
      paramLabel = "PATTERN",
      description =
          "Only lines that match: terms, ?any -without \"a phrase\", or { $.level = \"ERROR\" }.")
  private String filter;

  @Option(
      names = "--stream",
      paramLabel = "STREAM",
      description = "Only of that stream, or of those whose names begin so.")
  private String stream;

  @Option(
      names = {"-n", "--last"},
      paramLabel = "N",
      description = "Only the last N of those lines, 1 to 10000. Not together with -f.")
  private Integer last;

  @Option(names = "--timestamps", description = "Print before each line when it was logged.")
  private boolean timestamps;

  @Option(
      names = "--json",
      description = "Print one JSON document, ringmaster.logs/1; not together with -f.")
  private boolean json;

  private final List<JsonNode> events = new ArrayList<>();

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, InterruptedException {
    if (follow && (json || until != null || last != null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--json, --until and --last do not go with --follow");
    }
    boolean chosen =
        since != null
            || until != null
            || filter != null
            || stream != null
            || last != null
            || timestamps;
    if (follow) {
      follow(api, chosen);
    } else if (chosen) {
      choose(api);
    } else {
      String tail = recent(api);
      if (json) {
        document(tail.lines().toList());
      } else {
        print(System.out, tail);
      }
    }
    return ExitStatus.OK;
  }

  private String recent(LambdaApi api) throws LambdaApiException, InterruptedException {
    byte[] tail = api.send("GET", path(Map.of()), null, Map.of()).body();
    return new String(tail, StandardCharsets.UTF_8);
  }

  private static void print(PrintStream out, String text) {
    out.print(text);
    out.flush();
  }

  // ---- chosen lines ----

  private void choose(LambdaApi api) throws LambdaApiException, InterruptedException {
    Map<String, String> query = query();
    if (last != null) {
      query.put("last", last.toString());
    } else {
      query.put("limit", Integer.toString(PAGE));
    }
    JsonNode next;
    long chars = 0;
    do {
      JsonNode page = api.call("GET", path(query), null);
      for (JsonNode event : page.path("events")) {
        if (json) {
          chars += event.path("message").asText().length();
          if (chars > JSON_CHARS_MAX) {
            throw new LambdaApiException(
                0, "", "more than 16 MiB of text for one document: choose less, or no --json");
          }
          events.add(event);
        } else {
          System.out.println(line(event));
        }
      }
      next = page.path("next");
      query.put("next", next.asText());
    } while (next.isTextual() && !System.out.checkError());
    if (json) {
      document(events.stream().map(event -> event.path("message").asText()).toList());
    }
  }

  private Map<String, String> query() {
    Map<String, String> query = new LinkedHashMap<>();
    put(query, "from", ms("--since", since));
    put(query, "to", ms("--until", until));
    put(query, "filter", filter);
    put(query, "prefix", stream);
    return query;
  }

  private static void put(Map<String, String> query, String key, Object value) {
    if (value != null) {
      query.put(key, value.toString());
    }
  }

  /** Milliseconds since 1970; null: nobody says. */
  private Long ms(String option, String text) {
    if (text == null) {
      return null;
    }
    Matcher ago = AGO.matcher(text);
    try {
      if (ago.matches()) {
        long number = Long.parseLong(ago.group(1));
        Duration back =
            switch (ago.group(2)) {
              case "s" -> Duration.ofSeconds(number);
              case "m" -> Duration.ofMinutes(number);
              case "h" -> Duration.ofHours(number);
              default -> Duration.ofDays(number);
            };
        return Math.max(0, System.currentTimeMillis() - back.toMillis());
      }
      return Math.max(0, Instant.parse(text).toEpochMilli());
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          option + " is " + text + "; it must be such as 10m or 2026-05-28T10:00:00Z",
          e);
    }
  }

  private String line(JsonNode event) {
    String message = event.path("message").asText();
    return timestamps
        ? Instant.ofEpochMilli(event.path("timestamp").asLong()) + " " + message
        : message;
  }

  // ---- follow ----

  private void follow(LambdaApi api, boolean chosen)
      throws LambdaApiException, InterruptedException {
    Map<String, String> query = query();
    query.putIfAbsent("from", Long.toString(System.currentTimeMillis() - USUAL.toMillis()));
    query.put("follow", "true");
    PrintStream out = System.out;
    try {
      api.lines(
          path(query),
          line -> {
            out.println(line(LambdaApi.MAPPER.readTree(line)));
            return !out.checkError();
          });
    } catch (LambdaApiException e) {
      if (chosen || !NOT_STORED.equals(e.code())) {
        throw e;
      }
      poll(api, out);
    }
  }

  /** A server that keeps the last lines only is asked for them again and again. */
  private void poll(LambdaApi api, PrintStream out)
      throws LambdaApiException, InterruptedException {
    Follower follower = new Follower();
    print(out, follower.fresh(recent(api)));
    while (!out.checkError()) {
      Thread.sleep(POLL_MS);
      print(out, follower.fresh(recent(api)));
    }
  }

  private void document(List<String> lines) {
    Output.open(true)
        .document(
            "ringmaster.logs/1",
            out -> {
              out.writeStringField("function", name);
              out.writeArrayFieldStart("lines");
              for (String line : lines) {
                out.writeString(line);
              }
              out.writeEndArray();
              out.writeArrayFieldStart("events");
              for (JsonNode event : events) {
                out.writeStartObject();
                out.writeNumberField("timestamp", event.path("timestamp").asLong());
                out.writeStringField("stream", event.path("stream").asText());
                out.writeStringField("message", event.path("message").asText());
                out.writeEndObject();
              }
              out.writeEndArray();
            });
  }

  private String path(Map<String, String> query) {
    Map<String, String> all = new LinkedHashMap<>(query);
    put(all, "account", server.account());
    put(all, "region", server.region());
    String text =
        all.entrySet().stream()
            .map(each -> each.getKey() + "=" + LambdaApi.segment(each.getValue()))
            .collect(Collectors.joining("&"));
    return "/_ringmaster/logs/" + LambdaApi.segment(name) + (text.isEmpty() ? "" : "?" + text);
  }

  /** Tells what is new in a tail that grows at its end and is cut at its begin. */
  static final class Follower {
    private String seen = "";

    String fresh(String tail) {
      int known = overlap(seen, tail);
      String fresh = tail.substring(known);
      seen = tail;
      return fresh;
    }

    /** Length of the longest end of one text that the other begins with. */
    static int overlap(String before, String now) {
      int longest = Math.min(before.length(), now.length());
      // The borders of now + separator + end of before, as Knuth, Morris and Pratt find them.
      String text = now + '\u0000' + before.substring(before.length() - longest);
      int[] border = new int[text.length()];
      for (int i = 1; i < text.length(); i++) {
        int k = border[i - 1];
        while (k > 0 && text.charAt(i) != text.charAt(k)) {
          k = border[k - 1];
        }
        border[i] = text.charAt(i) == text.charAt(k) ? k + 1 : k;
      }
      return Math.min(border[text.length() - 1], longest);
    }
  }
}
