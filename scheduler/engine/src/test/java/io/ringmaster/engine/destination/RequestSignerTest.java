package io.ringmaster.engine.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestSignerTest {
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

  /** AWS's own examples, get-vanilla and post-header-value-trim's sister, post-vanilla. */
  @Test
  void signsAwsExamples() {
    RequestSigner signer = new RequestSigner("AKIDEXAMPLE", SECRET, null);
    Instant now = Instant.parse("2015-08-30T12:36:00Z");
    Map<String, String> host = Map.of("Host", "example.amazonaws.com");
    String begin =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
            + " SignedHeaders=host;x-amz-date, Signature=";
    assertEquals(
        begin + "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        signer
            .sign("GET", "/", host, new byte[0], "us-east-1", "service", now)
            .get("authorization"));
    assertEquals(
        begin + "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        signer
            .sign("POST", "/", host, new byte[0], "us-east-1", "service", now)
            .get("authorization"));
  }

  @Test
  void theKeyIsNotShown() {
    assertFalse(new RequestSigner("id", SECRET, null).toString().contains(SECRET));
  }
}
