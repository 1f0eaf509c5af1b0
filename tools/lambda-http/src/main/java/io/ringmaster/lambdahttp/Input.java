package io.ringmaster.lambdahttp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the members of a request: from path, query, headers and body, each as its shape says. What
 * the table does not know is skipped, as AWS does.
 */
final class Input {
  private static final int NESTED_MAX = 50;

  private Input() {}

  /** Reads a JSON body into {@code members}. Nothing at all is an empty object. */
  static void body(Shape shape, byte[] bytes, int length, Map<String, Object> members)
      throws Refused {
    if (length == 0) {
      return;
    }
    try (JsonParser parser = Json.FACTORY.createParser(bytes, 0, length)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        throw unexpected(first, Shape.Type.STRUCTURE);
      }
      structure(parser, shape, members, 0);
      if (parser.nextToken() != null) {
        throw Refused.serialization("Unexpected content after the end of the document");
      }
    } catch (JsonProcessingException e) {
      throw Refused.serialization(e.getOriginalMessage());
    } catch (IOException e) {
      throw Refused.serialization(String.valueOf(e.getMessage()));
    }
  }

  private static void structure(
      JsonParser parser, Shape shape, Map<String, Object> members, int depth)
      throws IOException, Refused {
    if (depth > NESTED_MAX) {
      throw Refused.serialization("Document is nested too deeply");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Shape.Member member = shape.members.get(parser.currentName());
      JsonToken token = parser.nextToken();
      if (member == null || !member.place().equals("body")) {
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) {
        members.put(member.name(), value(parser, member.shape(), depth + 1));
      }
    }
  }

  private static Object value(JsonParser parser, Shape shape, int depth)
      throws IOException, Refused {
    JsonToken token = parser.currentToken();
    switch (shape.type) {
      case STRUCTURE -> {
        require(token, JsonToken.START_OBJECT, shape);
        Map<String, Object> members = new LinkedHashMap<>();
        structure(parser, shape, members, depth);
        return members;
      }
      case MAP -> {
        require(token, JsonToken.START_OBJECT, shape);
        Map<String, Object> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          entries.put(
              name,
              parser.nextToken() == JsonToken.VALUE_NULL
                  ? null
                  : value(parser, shape.element, depth + 1));
        }
        return entries;
      }
      case LIST -> {
        require(token, JsonToken.START_ARRAY, shape);
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(
              parser.currentToken() == JsonToken.VALUE_NULL
                  ? null
                  : value(parser, shape.element, depth + 1));
        }
        return items;
      }
      case BLOB -> {
        require(token, JsonToken.VALUE_STRING, shape);
        return parser.getBinaryValue();
      }
      case STRING -> {
        require(token, JsonToken.VALUE_STRING, shape);
        return parser.getText();
      }
      case BOOLEAN -> {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
          throw unexpected(token, shape.type);
        }
        return token == JsonToken.VALUE_TRUE;
      }
      case INTEGER, LONG -> {
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
          throw unexpected(token, shape.type);
        }
        return whole(parser, shape.type);
      }
      default -> {
        if (!token.isNumeric()) {
          throw unexpected(token, shape.type);
        }
        return parser.getDoubleValue();
      }
    }
  }

  private static Object whole(JsonParser parser, Shape.Type type) throws IOException {
    double value = parser.getDoubleValue();
    long least = type == Shape.Type.INTEGER ? Integer.MIN_VALUE : Long.MIN_VALUE;
    long most = type == Shape.Type.INTEGER ? Integer.MAX_VALUE : Long.MAX_VALUE;
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      return Math.clamp((long) value, least, most);
    }
    return switch (parser.getNumberType()) {
      case INT, LONG -> Math.clamp(parser.getLongValue(), least, most);
      default -> value < 0 ? least : most;
    };
  }

  private static void require(JsonToken token, JsonToken wanted, Shape shape) throws Refused {
    if (token != wanted) {
      throw unexpected(token, shape.type);
    }
  }

  private static Refused unexpected(JsonToken token, Shape.Type wanted) {
    String text =
        switch (token) {
          case START_OBJECT -> "Start of structure or map found where not expected.";
          case START_ARRAY -> "Start of list found where not expected.";
          default ->
              (token.isNumeric() ? "NUMBER_VALUE" : token.name().replace("VALUE_", "") + "_VALUE")
                  + " can not be converted to "
                  + switch (wanted) {
                    case STRING -> "a String";
                    case BLOB -> "a Blob";
                    case BOOLEAN -> "a Boolean";
                    case INTEGER -> "an Integer";
                    case LONG -> "a Long";
                    case DOUBLE, TIMESTAMP -> "a Double";
                    case LIST -> "a List";
                    case MAP -> "a Map";
                    case STRUCTURE -> "a Structure";
                  };
        };
    return Refused.serialization(text);
  }

  /** A value that came as text: in a path, a query or a header. */
  static Object text(Shape.Member member, String text) throws Refused {
    return switch (member.shape().type) {
      case INTEGER, LONG -> {
        try {
          yield Long.parseLong(text);
        } catch (NumberFormatException e) {
          throw Refused.serialization(
              "Value '"
                  + text
                  + "' of "
                  + member.wireName()
                  + " can not be converted to an Integer");
        }
      }
      case BOOLEAN -> Boolean.valueOf(text);
      default -> text;
    };
  }
}
