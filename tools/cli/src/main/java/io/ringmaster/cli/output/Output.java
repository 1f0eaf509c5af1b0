package io.ringmaster.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Where a command prints. Progress goes to standard error; the result is either text or one JSON
 * document on standard output. While a command with {@code --json} runs, {@link System#out} is
 * standard error, so that no library can spoil the document.
 *
 * <p>Threading: {@link #progress} may be called from any thread; the rest belongs to the main
 * thread.
 */
public final class Output {
  private final PrintStream result;
  private final PrintStream people;
  private final boolean json;
  private final long startNs = System.nanoTime();

  private Output(PrintStream result, PrintStream people, boolean json) {
    this.result = result;
    this.people = people;
    this.json = json;
  }

  /** For a command; takes standard output away from everybody else if {@code json}. */
  public static Output open(boolean json) {
    PrintStream out = System.out;
    if (json) {
      System.setOut(System.err);
    }
    return new Output(out, System.err, json);
  }

  /** Whether the result is to be a JSON document. */
  public boolean json() {
    return json;
  }

  /** One line for people who wait, with the seconds since the command began. */
  public void progress(String line) {
    double seconds = (System.nanoTime() - startNs) / 1e9;
    people.println(String.format("[%5.2f s] %s", seconds, line));
  }

  /** One line of the result for people: standard output, or standard error beside a document. */
  public void line(String line) {
    (json ? people : result).println(line);
  }

  /** Writes the document, which {@code body} fills with fields; nothing without {@code --json}. */
  public void document(String schema, Body body) {
    if (!json) {
      return;
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.setPrettyPrinter(new DefaultPrettyPrinter());
      out.writeStartObject();
      out.writeStringField("schema", schema);
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    text.write('\n');
    result.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    result.flush();
  }

  /** Writes the fields of a document. */
  @FunctionalInterface
  public interface Body {
    /** Between the schema and the end of the object. */
    void write(JsonGenerator out) throws IOException;
  }
}
