package io.ringmaster.core.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.ringmaster.api.Refusal;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FunctionNameTest {
  private static final String ACCOUNT = "123456789012";
  private static final String REGION = "us-east-1";

  private static FunctionName parse(String function, String qualifier) {
    return FunctionName.parse(ACCOUNT, REGION, function, qualifier);
  }

  private static FunctionName.Parsed parsed(String name, String qualifier) {
    return new FunctionName.Parsed(ACCOUNT, REGION, name, qualifier);
  }

  private static Refusal refusal(String function, String qualifier) {
    return assertInstanceOf(FunctionName.Refused.class, parse(function, qualifier), function)
        .refusal();
  }

  @Test
  void readsEveryDocumentedForm() {
    assertEquals(parsed("hello", null), parse("hello", null));
    assertEquals(parsed("hello", "live"), parse("hello", "live"));
    assertEquals(parsed("hello", "$LATEST"), parse("hello:$LATEST", null));
    assertEquals(parsed("hello", "7"), parse("123456789012:function:hello:7", null));
    assertEquals(parsed("hello", null), parse("123456789012:function:hello", null));
    assertEquals(
        parsed("hello", "7"), parse("arn:aws:lambda:us-east-1:123456789012:function:hello:7", "7"));
    assertEquals(
        parsed("hello", null),
        parse("arn:aws-cn:lambda:us-east-1:123456789012:function:hello", null));
    assertEquals(
        parsed("hello", null),
        parse("arn:aws-us-gov:lambda:us-east-1:123456789012:function:hello", null));
    assertEquals(
        new FunctionName.Parsed(ACCOUNT, "us-gov-west-1", "hello", null),
        FunctionName.parse(
            ACCOUNT,
            "us-gov-west-1",
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:hello",
            null));
  }

  @Test
  void keepsTheQualifierInTheArn() {
    assertEquals(
        "arn:aws:lambda:us-east-1:123456789012:function:hello", parsed("hello", null).arn());
    assertEquals(
        "arn:aws:lambda:us-east-1:123456789012:function:hello:live", parsed("hello", "live").arn());
    assertEquals(
        "arn:aws:lambda:us-east-1:123456789012:function:hello",
        parsed("hello", "x").unqualifiedArn());
    assertEquals("$LATEST", parsed("hello", null).effectiveQualifier());
    assertEquals("3", parsed("hello", "3").effectiveQualifier());
  }

  @Test
  void refusesTwoDifferentQualifiers() {
    assertEquals(
        Refusal.invalid(
            "The derived qualifier from the function name does not match the specified qualifier."),
        refusal("hello:1", "2"));
    assertEquals(
        Refusal.invalid(
            "The derived qualifier from the function name does not match the specified qualifier."),
        refusal("arn:aws:lambda:us-east-1:123456789012:function:hello:live", "$LATEST"));
  }

  @Test
  void refusesAnotherRegion() {
    assertEquals(
        Refusal.notFound(
            "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')"),
        refusal("arn:aws:lambda:ap-southeast-1:123456789012:function:hello", null));
  }

  @Test
  void refusesAnotherAccountWithAnEmptyMessage() {
    Refusal wanted = new Refusal(403, "AccessDeniedException", "", null);
    assertEquals(wanted, refusal("999999999999:function:hello", null));
    assertEquals(wanted, refusal("arn:aws:lambda:us-east-1:999999999999:function:hello:1", null));
  }

  @Test
  void refusesWhatIsNoName() {
    for (String bad :
        new String[] {
          "",
          ":",
          "hello:",
          ":1",
          "a b",
          "hello:1:2",
          "héllo",
          "hello/x",
          "a\nb",
          "$LATEST",
          "hello:$PREV",
          "123:function:hello",
          "123456789012:layer:hello",
          "arn:aws:lambda:us-east-1:123456789012:function:",
          "arn:aws:lambda:us-east-1:123456789012:layer:hello",
          "arn:aws:s3:us-east-1:123456789012:function:hello",
          "arn:aws:lambda:us-east:123456789012:function:hello",
          "arn:aws:lambda::123456789012:function:hello",
          "arn:aws:lambda:us--east-1:123456789012:function:hello",
          "arn:aws:lambda:-us-east-1:123456789012:function:h",
          "arn:mine:lambda:us-east-1:123456789012:function:hello",
          "arn:aws:lambda:us-east-1:123456789012:function:h:1:2",
          "arn:aws:lambda:us-east-1:12345678901x:function:hello",
          "arn:aws:lambda:US-EAST-1:123456789012:function:h"
        }) {
      assertEquals(
          new Refusal(
              400,
              "ValidationException",
              "1 validation error detected: Value '"
                  + bad
                  + "' at 'functionName' failed to satisfy constraint: Member must satisfy regular"
                  + " expression pattern: "
                  + FunctionNameParser.FUNCTION_PATTERN,
              null),
          refusal(bad, null));
    }
  }

  @Test
  void refusesWhatIsTooLongOrMissing() {
    assertEquals(
        "1 validation error detected: Value '"
            + "n".repeat(65)
            + "' at 'functionName' failed to satisfy constraint: Member must have length less than"
            + " or equal to 64",
        refusal("n".repeat(65), null).message());
    assertEquals(
        "1 validation error detected: Value '"
            + "n".repeat(257)
            + "' at 'functionName' failed to satisfy constraint: Member must have length less than"
            + " or equal to 256",
        refusal("n".repeat(257), null).message());
    assertEquals(
        "1 validation error detected: Value null at 'functionName' failed to satisfy constraint:"
            + " Member must not be null",
        refusal(null, null).message());
    assertEquals(
        "1 validation error detected: Value '"
            + "q".repeat(129)
            + "' at 'qualifier' failed to satisfy constraint: Member must have length less than or"
            + " equal to 128",
        refusal("hello", "q".repeat(129)).message());
    assertEquals(
        "1 validation error detected: Value '' at 'qualifier' failed to satisfy constraint: Member"
            + " must have length greater than or equal to 1",
        refusal("hello", "").message());
    assertEquals(
        "1 validation error detected: Value 'a b' at 'qualifier' failed to satisfy constraint:"
            + " Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)",
        refusal("hello", "a b").message());
  }

  @Property(tries = 300)
  void everyFormOfOneNameMeansTheSame(
      @ForAll("names") String name, @ForAll("qualifiers") String qualifier) {
    FunctionName wanted = parsed(name, qualifier);
    String arn = "arn:aws:lambda:us-east-1:123456789012:function:" + name;
    assertEquals(wanted, parse(name, qualifier));
    assertEquals(wanted, parse(name + ":" + qualifier, null));
    assertEquals(wanted, parse("123456789012:function:" + name, qualifier));
    assertEquals(wanted, parse("123456789012:function:" + name + ":" + qualifier, qualifier));
    assertEquals(wanted, parse(arn, qualifier));
    assertEquals(wanted, parse(arn + ":" + qualifier, null));
    assertEquals(wanted, parse(((FunctionName.Parsed) wanted).arn(), null));
  }

  @Property(tries = 2000)
  void acceptsNothingThatAwsPatternRefuses(@ForAll("nearlyNames") String text) {
    boolean matches = Pattern.matches(FunctionNameParser.FUNCTION_PATTERN, text);
    FunctionName result = parse(text, null);
    if (!matches) {
      Refusal refusal = assertInstanceOf(FunctionName.Refused.class, result, text).refusal();
      assertEquals("ValidationException", refusal.code(), text);
    } else if (result instanceof FunctionName.Parsed parsed) {
      assertEquals(parsed, parse(parsed.arn(), null), text);
    }
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("abzAZ019-_").ofMinLength(1).ofMaxLength(64);
  }

  @Provide
  Arbitrary<String> qualifiers() {
    return Arbitraries.oneOf(
            Arbitraries.just("$LATEST"),
            Arbitraries.strings().withChars("abzAZ019-_").ofMinLength(1).ofMaxLength(128))
        .filter(text -> text.length() <= 100);
  }

  @Provide
  Arbitrary<String> nearlyNames() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "arn",
            "aws",
            "aws-cn",
            "lambda",
            "us-east-1",
            "eu-west-1",
            "123456789012",
            "999999999999",
            "function",
            "hello",
            "$LATEST",
            "7",
            ":",
            ":",
            ":",
            ":",
            ".",
            "$",
            " ",
            "é",
            "");
    Arbitrary<String> random = piece.list().ofMaxSize(14).map(pieces -> String.join("", pieces));
    Arbitrary<String> nearly =
        Combinators.combine(
                Arbitraries.of(
                    "arn:aws:lambda:us-east-1:123456789012:function:",
                    "123456789012:function:",
                    ""),
                piece,
                piece,
                piece)
            .as((a, b, c, d) -> a + b + c + d);
    return Arbitraries.oneOf(random, nearly);
  }
}
