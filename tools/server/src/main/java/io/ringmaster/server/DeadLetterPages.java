package io.ringmaster.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringmaster.api.DeadLetter;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.Events;
import io.ringmaster.api.Owner;
import io.ringmaster.lambdahttp.HttpPage;
import io.ringmaster.lambdahttp.PageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Events that ended with nobody to be told, {@code /_ringmaster/dlq}: {@code GET} lists them,
 * {@code GET …/ID} shows one, {@code POST …/redrive} and {@code POST …/purge} act on those that
 * {@code id=}, {@code function=} or {@code all=true} name. Threads that may wait.
 */
final class DeadLetterPages {
  static final String LIST = "/_ringmaster/dlq";

  private static final String BELOW = LIST + '/';

  private static final String SCHEMA = "ringmaster.dlq/1";
  private static final int PART = 1_000;
  private static final int MAX_USUAL = 100;

  private final Supplier<Events> events;
  private final Owner owner;

  DeadLetterPages(Supplier<Events> events, Owner owner) {
    this.events = events;
    this.owner = owner;
  }

  /** Any page whose path begins with {@link #LIST}. */
  HttpPage answer(PageRequest request) {
    if (request.path().equals(LIST)) {
      return list(request);
    }
    return request.path().startsWith(BELOW)
        ? below(request)
        : message(404, "There is no page " + request.path() + ".");
  }

  private HttpPage list(PageRequest request) {
    if (!reads(request)) {
      return message(405, "GET lists dead letters");
    }
    return answer(
        () -> {
          DeadLetter.Part part =
              events
                  .get()
                  .deadLetters(
                      functionArn(request),
                      request.query().get("after"),
                      Integer.parseInt(
                          request.query().getOrDefault("max", Integer.toString(MAX_USUAL))));
          return page(
              200,
              Json.object(
                  out -> {
                    out.writeStringField("schema", SCHEMA);
                    out.writeArrayFieldStart("letters");
                    for (DeadLetter letter : part.letters()) {
                      out.writeStartObject();
                      write(out, letter);
                      out.writeEndObject();
                    }
                    out.writeEndArray();
                    out.writeStringField("next", part.next());
                  }));
        });
  }

  /** What is below: one of them, or what is to be done with some. */
  private HttpPage below(PageRequest request) {
    String name = request.path().substring(BELOW.length());
    boolean acts = name.equals("redrive") || name.equals("purge");
    if (acts ? !request.method().equals("POST") : !reads(request)) {
      return message(405, acts ? "POST does that" : "GET shows a dead letter");
    }
    return answer(() -> acts ? act(name, request) : show(name));
  }

  private HttpPage show(String id) {
    DeadLetter.Content content = events.get().deadLetter(id);
    if (content == null) {
      return message(404, "There is no dead letter " + id + ".");
    }
    return page(
        200,
        Json.object(
            out -> {
              out.writeStringField("schema", SCHEMA);
              write(out, content.letter());
              out.writeStringField("qualifiedArn", content.qualifiedArn());
              out.writeStringField("condition", content.condition());
              out.writeStringField("detail", content.detail());
              out.writeStringField(
                  "payload", new String(content.payload(), StandardCharsets.UTF_8));
            }));
  }

  private HttpPage act(String name, PageRequest request) {
    ToIntFunction<Collection<String>> deed =
        name.equals("purge") ? events.get()::purge : events.get()::redrive;
    String id = request.query().get("id");
    int count = 0;
    if (id != null) {
      count = deed.applyAsInt(List.of(id.split(",")));
    } else if (request.query().containsKey("function")
        || "true".equals(request.query().get("all"))) {
      String arn = functionArn(request);
      String after = null;
      do {
        DeadLetter.Part part = events.get().deadLetters(arn, after, PART);
        count += deed.applyAsInt(part.letters().stream().map(DeadLetter::id).toList());
        after = part.next();
      } while (after != null);
    } else {
      return message(400, "Say which: id=ID,…, function=NAME or all=true.");
    }
    int done = count;
    return page(
        200,
        Json.object(
            out -> {
              out.writeStringField("schema", SCHEMA);
              out.writeNumberField("count", done);
            }));
  }

  /** Of a name the server's own function; null: all. */
  private String functionArn(PageRequest request) {
    String function = request.query().get("function");
    return function == null || function.startsWith("arn:")
        ? function
        : owner.lambdaArn("function:" + function);
  }

  private static void write(JsonGenerator out, DeadLetter letter) throws IOException {
    out.writeStringField("id", letter.id());
    out.writeStringField("requestId", letter.requestId());
    out.writeStringField("functionArn", letter.functionArn());
    out.writeStringField("destination", letter.destination());
    out.writeStringField("accepted", letter.accepted().toString());
    out.writeStringField("ended", letter.ended().toString());
    out.writeNumberField("bytes", letter.bytes());
  }

  private static boolean reads(PageRequest request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  private static HttpPage answer(Supplier<HttpPage> page) {
    try {
      return page.get();
    } catch (IllegalArgumentException e) {
      return message(400, e.getMessage());
    } catch (EngineException e) {
      return message(503, e.getMessage());
    }
  }

  private static HttpPage message(int status, String text) {
    return page(status, Json.object(out -> out.writeStringField("message", text)));
  }

  private static HttpPage page(int status, String text) {
    return new HttpPage(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
  }
}
