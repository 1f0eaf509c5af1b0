package io.ringmaster.cli.client;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the last lines of a function's log (64 KiB); all of it lies in files below logs in",
      "the data folder."
    })
public final class LogsCommand extends ServerCommand {
  private static final long POLL_MS = 300;

  @Parameters(paramLabel = "NAME", description = "The function's name.")
  private String name;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes, until the command is ended.")
  private boolean follow;

  @Option(
      names = "--json",
      description = "Print one JSON document, ringmaster.logs/1; not together with -f.")
  private boolean json;

  @Override
  protected int run(LambdaApi api) throws LambdaApiException, InterruptedException {
    String path = "/_ringmaster/logs/" + LambdaApi.segment(name) + owner();
    if (json) {
      if (follow) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--json is one document: it does not go with --follow");
      }
      document(new String(api.send("GET", path, null, Map.of()).body(), StandardCharsets.UTF_8));
      return ExitStatus.OK;
    }
    PrintStream out = System.out;
    Follower follower = new Follower();
    boolean more;
    do {
      byte[] tail = api.send("GET", path, null, Map.of()).body();
      out.print(follower.fresh(new String(tail, StandardCharsets.UTF_8)));
      out.flush();
      more = follow && !out.checkError();
      if (more) {
        Thread.sleep(POLL_MS);
      }
    } while (more);
    return ExitStatus.OK;
  }

  private void document(String tail) {
    Output.open(true)
        .document(
            "ringmaster.logs/1",
            out -> {
              out.writeStringField("function", name);
              out.writeArrayFieldStart("lines");
              for (String line : tail.lines().toList()) {
                out.writeString(line);
              }
              out.writeEndArray();
            });
  }

  private String owner() {
    String account = server.account() == null ? "" : "account=" + server.account();
    String region = server.region() == null ? "" : "region=" + server.region();
    String both = account + (account.isEmpty() || region.isEmpty() ? "" : "&") + region;
    return both.isEmpty() ? "" : "?" + both;
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
