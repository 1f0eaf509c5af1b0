package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.JsonCheck;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Table, router, decoding and the check for JSON, against what is known of them otherwise. */
class TableTest {
  private static final Router ROUTER = new Router(Operations.ALL);

  @Test
  void everyOperationIsFoundByItsPath() throws Exception {
    assertTrue(Operations.ALL.size() >= 88, Operations.ALL.size() + " operations");
    for (Operation each : Operations.ALL.values()) {
      StringBuilder path = new StringBuilder();
      for (String segment : each.segments()) {
        path.append('/').append(Operation.variable(segment) ? "a%3Ab%2Fc" : segment);
      }
      String query = each.query() == null ? "" : "?x=y&" + each.query();
      for (String slash : List.of("", "/")) {
        Router.Found found = ROUTER.route(each.method(), path + slash + query);
        assertNotNull(found, each.name());
        assertEquals(each.name(), found.operation().name());
        found.values().forEach(value -> assertEquals("a:b/c", value));
      }
      assertTrue(ROUTER.methods(path.toString()).contains(each.method()));
    }
  }

  @Test
  void noPathBreaksTheRouter() {
    Random random = new Random(11);
    String letters = "/?&=%+aF2015-31functions:$.\u00e9 \n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder uri = new StringBuilder(random.nextBoolean() ? "/2015-03-31/functions/" : "");
      for (int n = random.nextInt(40); n > 0; n--) {
        uri.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        Router.Found found = ROUTER.route("GET", uri.toString());
        assertTrue(found == null || found.operation().method().equals("GET"));
      } catch (Percent.MalformedException e) {
        assertTrue(e.getMessage().length() < 200);
      }
    }
  }

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    Random random = new Random(13);
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        int point = random.nextInt(random.nextBoolean() ? 128 : 0x11000);
        text.appendCodePoint(Character.isSurrogate((char) point) ? 'x' : point);
      }
      String encoded = URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
      assertEquals(text.toString(), Percent.decode(encoded, true));
      assertEquals(text.toString(), Percent.query("k=" + encoded).get("k").get(0));
    }
    for (String bad : List.of("%", "%4", "%g1", "%\u0661\u0661", "%c3", "%c0%80", "%ed%a0%80")) {
      assertThrows(Percent.MalformedException.class, () -> Percent.decode(bad, false), bad);
    }
  }

  /** Our scan and Jackson agree on everything, whole documents and broken ones. */
  @Test
  void theCheckForJsonAgreesWithJackson() {
    Random random = new Random(17);
    String[] seeds = {
      "{\"a\":[1,2.5e-3,-0,true,false,null],\"b\":\"x\\n\\u00e9\",\"c\":{}}",
      "\"\u00e9\u20ac\ud83d\ude00\"",
      "[[],[[]],{\"k\":0.1}]",
      " 12 ",
    };
    for (int i = 0; i < 40_000; i++) {
      byte[] bytes = seeds[random.nextInt(seeds.length)].getBytes(StandardCharsets.UTF_8);
      for (int n = random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            random.nextInt(3) == 0
                ? (byte) random.nextInt(256)
                : bytes[random.nextInt(bytes.length)];
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      String problem = JsonCheck.problem(bytes, length);
      assertEquals(
          jackson(bytes, length),
          problem == null,
          new String(bytes, 0, length, StandardCharsets.UTF_8) + ": " + problem);
    }
    assertNull(JsonCheck.problem("{}".getBytes(StandardCharsets.UTF_8), 2));
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertNotNull(JsonCheck.problem(deep, deep.length));
  }

  private static boolean jackson(byte[] bytes, int length) {
    try (JsonParser parser = new JsonFactory().createParser(bytes, 0, length)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theOwnerIsReadFromTheCredential() {
    Owners owners = new Owners(Bench.OWNER);
    String signed = "AWS4-HMAC-SHA256 Credential=%s/20261121/%s/lambda/aws4_request, Signature=0";
    assertEquals(Bench.OWNER, owners.of(null, Map.of()));
    assertEquals(Bench.OWNER, owners.of("Bearer x", Map.of()));
    assertEquals(Bench.OWNER, owners.of(signed.formatted("AKIAEXAMPLE", "us-east-1"), Map.of()));
    assertEquals(
        new Owner("000000000001", "ap-south-1"),
        owners.of(signed.formatted("000000000001", "ap-south-1"), Map.of()));
    assertEquals(
        new Owner("123456789012", "eu-west-1"),
        owners.of(signed.formatted("AKIAEXAMPLE", "eu-west-1"), Map.of()));
    assertEquals(Bench.OWNER, owners.of(signed.formatted("12345678901x", "EU WEST"), Map.of()));
    assertEquals(
        new Owner("000000000002", "us-east-1"),
        owners.of(
            null,
            Map.of(
                "X-Amz-Credential",
                List.of("000000000002/20261121/us-east-1/lambda/aws4_request"))));
    assertEquals(Bench.OWNER, owners.of("Credential=1/2", Map.of()));
  }
}
