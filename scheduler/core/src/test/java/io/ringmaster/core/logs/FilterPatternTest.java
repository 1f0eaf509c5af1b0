package io.ringmaster.core.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterPatternTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "`` ; anything ; true",
        "ERROR ; [ERROR] it broke ; true",
        "ERROR ; an error ; false",
        "ERROR Main ; ERROR in Main ; true",
        "ERROR Main ; ERROR elsewhere ; false",
        "\"not found\" ; it was not found ; true",
        "\"not found\" ; it was found, not lost ; false",
        "\"a \\\"b\" ; say a \"b ; true",
        "?ERROR ?WARN ; a WARN ; true",
        "?ERROR ?WARN ; an INFO ; false",
        "ERROR -expected ; ERROR ; true",
        "ERROR -expected ; ERROR expected ; false",
        "-\"two words\" ; two words ; false",
        "-DEBUG ; INFO ; true",
      })
  void terms(String pattern, String line, boolean matches) {
    assertEquals(matches, FilterPattern.of(pattern).matches(line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{ $.level = \"ERROR\" } ; {\"level\":\"ERROR\"} ; true",
        "{ $.level = ERROR } ; {\"level\":\"ERROR\"} ; true",
        "{ $.level = \"ERROR\" } ; {\"level\":\"INFO\"} ; false",
        "{ $.level = \"ERROR\" } ; ERROR ; false",
        "{ $.level = \"ERROR\" } ; {\"level\":\"ERROR\"} {} ; false",
        "{ $.level != \"ERROR\" } ; {\"level\":\"INFO\"} ; true",
        "{ $.level != \"ERROR\" } ; {} ; false",
        "{ $.name = \"h*o\" } ; {\"name\":\"hello\"} ; true",
        "{ $.name = \"*\" } ; {\"name\":\"\"} ; true",
        "{ $.a.b[1] = 2 } ; {\"a\":{\"b\":[1,2]}} ; true",
        "{ $.a.b[2] = 2 } ; {\"a\":{\"b\":[1,2]}} ; false",
        "{ $.[\"a b\"] = 1 } ; {\"a b\":1.0} ; true",
        "{ $.n >= 3 } ; {\"n\":3} ; true",
        "{ $.n > 3 } ; {\"n\":3} ; false",
        "{ $.n < 1e3 } ; {\"n\":-5.5} ; true",
        "{ $.n <= 3 } ; {\"n\":\"3\"} ; false",
        "{ $.n != 3 } ; {\"n\":4} ; true",
        "{ $.x IS NULL } ; {\"x\":null} ; true",
        "{ $.x IS TRUE } ; {\"x\":true} ; true",
        "{ $.x IS FALSE } ; {\"x\":true} ; false",
        "{ $.x NOT EXISTS } ; {\"y\":1} ; true",
        "{ $.x EXISTS } ; {\"x\":{}} ; true",
        "{ $.a = 1 && $.b = 2 || $.c = 3 } ; {\"c\":3} ; true",
        "{ $.a = 1 && ($.b = 2 || $.c = 3) } ; {\"c\":3} ; false",
        "{ $.a = 1 && ($.b = 2 || $.c = 3) } ; {\"a\":1, \"c\":3} ; true",
        "{ $.u = \"é\\\"\" } ; {\"u\":\"\\u00e9\\\"\"} ; true",
      })
  void conditions(String pattern, String line, boolean matches) {
    assertEquals(matches, FilterPattern.of(pattern).matches(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"no end",
        "[ip, user]",
        "%ERR.*%",
        "{ $.a }",
        "{ $.a = }",
        "{ a = 1 }",
        "{ $ = 1 }",
        "{ $.a > x }",
        "{ $.a = 1",
        "{ $.a = 1 } more",
        "{ $.a IS 3 }",
        "{ $.a[x] = 3 }",
        "{ $.a = \"b }"
      })
  void whatCannotBeUnderstoodIsRefused(String pattern) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> FilterPattern.of(pattern));
    assertTrue(refused.getMessage().contains("filter pattern"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":}", "{\"a\"1}", "{\"a\":[1,}", "{\"a\":\"\\x\"}", "{", "[1]", ""})
  void whatIsNoObjectIsNone(String line) {
    assertNull(JsonLine.object(line));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 100_000})
  void depthIsBounded(int depth) {
    String line = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertEquals(depth <= 64, JsonLine.object(line) != null);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 2000})
  void parenthesesAreBounded(int depth) {
    String pattern = "{ " + "(".repeat(depth) + "$.a = 1" + ")".repeat(depth) + " }";
    if (depth < 32) {
      assertTrue(FilterPattern.of(pattern).matches("{\"a\":1}"));
    } else {
      assertThrows(IllegalArgumentException.class, () -> FilterPattern.of(pattern));
    }
  }

  @Property(tries = 2000)
  void anyPatternIsUnderstoodOrRefusedAndAnyLineIsJudged(
      @ForAll("pieces") String pattern, @ForAll("pieces") String line) {
    FilterPattern understood;
    try {
      understood = FilterPattern.of(pattern);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertEquals(understood.matches(line), understood.matches(line));
  }

  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
            "{", "}", "$.a", "=", "!=", "\"", "x", "1", "&&", "||", "(", ")", "IS", "NULL", "[0]",
            "[", "]", ":", ",", "\\", "?", "-", " ", "*", "\"a\"", "\\u00", "true", "é")
        .list()
        .ofMaxSize(14)
        .map(list -> String.join("", list));
  }

  @Property(tries = 1000)
  void asterisksAreAnything(@ForAll("letters") String text, @ForAll("letters") String form) {
    String regex =
        String.join(".*", Arrays.stream(form.split("\\*", -1)).map(Pattern::quote).toList());
    assertEquals(text.matches("(?s)" + regex), new Literal.Form(form).isOf(text));
  }

  @Provide
  Arbitrary<String> letters() {
    return Arbitraries.of(List.of("a", "b", "*")).list().ofMaxSize(8).map(l -> String.join("", l));
  }

  @Property(tries = 1000)
  void aLiteralIsFoundWhereItIs(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      line.append(random.nextInt(8) == 0 ? 'b' : 'a');
    }
    int begin = random.nextInt(200);
    String text = line.substring(begin, begin + random.nextInt(201 - begin));
    text = random.nextBoolean() ? text : text + "ba";
    int from = random.nextInt(200);
    int to = from + random.nextInt(201 - from);
    assertEquals(
        line.toString().indexOf(text, from, to),
        new Literal(text).indexIn(line.toString(), from, to));
  }

  @Test
  void aLongPatternTakesNoLongerThanAShortOne() {
    String line = "a".repeat(256 * 1024);
    FilterPattern hard = FilterPattern.of("-" + "a".repeat(1000) + "b");
    FilterPattern form = FilterPattern.of("{ $.x = \"*" + "a".repeat(1000) + "b*\" }");
    String json = "{\"x\":\"" + line + "\"}";
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 200; i++) {
            assertTrue(hard.matches(line));
            assertFalse(form.matches(json));
          }
        });
  }
}
