package io.ringmaster.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  @TempDir private Path folder;

  @Test
  void withoutAWordEveryOptionHasItsDefault() throws Exception {
    Configuration configuration = Configuration.resolve(Map.of(), Map.of());
    assertEquals(9001, configuration.get(Options.HTTP).port());
    assertTrue(configuration.get(Options.HTTP).loopback());
    assertEquals(9002, configuration.get(Options.GRPC).port());
    assertEquals("us-east-1", configuration.get(Options.REGION));
    assertEquals("123456789012", configuration.get(Options.ACCOUNT));
    assertEquals("L1", configuration.get(Options.ISOLATION_FLOOR));
    assertEquals(Duration.ofMillis(200), configuration.get(Options.PENDING_MIN));
    assertEquals(Duration.ofSeconds(60), configuration.get(Options.RETRY_BASE));
    assertNull(configuration.get(Options.CREDENTIALS));
    assertEquals("disk", configuration.get(Options.DURABILITY));
    assertEquals(
        "process",
        Configuration.resolve(Map.of("durability", "process"), Map.of()).get(Options.DURABILITY));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".local/state/ringmaster"),
        configuration.get(Options.DATA));
    assertEquals("default", configuration.source(Options.HTTP));
  }

  @Test
  void aFlagWinsOverAVariableAndThatOverTheFile() throws Exception {
    Path file = file("region = eu-west-1", "account=111111111111", "# a comment", "", "drain = 5s");
    Configuration configuration =
        Configuration.resolve(
            Map.of("region", "eu-west-3", "config", file.toString()),
            Map.of("RINGMASTER_REGION", "eu-west-2", "RINGMASTER_ACCOUNT", "222222222222"));
    assertEquals("eu-west-3", configuration.get(Options.REGION));
    assertEquals("--region", configuration.source(Options.REGION));
    assertEquals("222222222222", configuration.get(Options.ACCOUNT));
    assertEquals("RINGMASTER_ACCOUNT", configuration.source(Options.ACCOUNT));
    assertEquals(Duration.ofSeconds(5), configuration.get(Options.DRAIN));
    assertEquals(file + " line 5", configuration.source(Options.DRAIN));
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsPlace() throws Exception {
    Path file = file("reigon = eu-west-1", "drain = soon", "nothing", "drain = 1s", "config = x");
    ConfigurationException wrong =
        assertThrows(
            ConfigurationException.class,
            () ->
                Configuration.resolve(
                    Map.of("http", "nowhere", "config", file.toString()),
                    Map.of("RINGMASTER_ACCOUNT", "12", "RINGMASTER_LATENCY_MODE", "lowest")));
    assertEquals(
        Set.of(
            file + " line 1: there is no option reigon",
            file
                + " line 2: drain is \"soon\"; it must be a duration such as 500ms, 30s, 10m or"
                + " 4h, from 0ms to 1h",
            file + " line 3: must be KEY = VALUE",
            file + " line 4: drain stands in line 2 already",
            file + " line 5: a file names no other file",
            "--http: http is \"nowhere\"; it must be HOST:PORT, such as 127.0.0.1:9001 or"
                + " [::1]:9001",
            "RINGMASTER_ACCOUNT: account is \"12\"; it must be 12 digits",
            "RINGMASTER_LATENCY_MODE: latency-mode is \"lowest\"; it must be one of normal, low"),
        new HashSet<>(wrong.problems().stream().map(Problem::toString).toList()));
  }

  @ParameterizedTest
  @CsvSource({
    "http, 0.0.0.0:9001, that needs --credentials",
    "grpc, '[::]:9002', that needs --credentials",
    "credentials, keys, signatures are not verified in this release",
    "grpc.key, key.pem, need each other",
    "grpc.certificate, cert.pem, need each other",
    "grpc.client-ca, ca.pem, needs grpc.certificate",
  })
  void whatWouldBeUnsafeOrMeansNothingIsRefused(String key, String value, String words) {
    ConfigurationException wrong =
        assertThrows(
            ConfigurationException.class,
            () -> Configuration.resolve(Map.of(key, value), Map.of()));
    assertEquals(1, wrong.problems().size(), wrong.getMessage());
    assertTrue(wrong.getMessage().contains(words), wrong.getMessage());
    assertTrue(wrong.getMessage().startsWith("--"), wrong.getMessage());
  }

  /** Credentials do not open other addresses either, as long as nobody verifies with them. */
  @Test
  void anAddressThatOthersReachIsRefusedWithCredentialsToo() {
    assertThrows(
        ConfigurationException.class,
        () ->
            Configuration.resolve(Map.of("http", "0.0.0.0:9001", "credentials", "keys"), Map.of()));
  }

  @Test
  void isolationBelowItsFloorIsRefused() {
    ConfigurationException wrong =
        assertThrows(
            ConfigurationException.class,
            () ->
                Configuration.resolve(
                    Map.of("isolation", "L1", "isolation-floor", "L2"), Map.of()));
    assertTrue(wrong.getMessage().contains("below isolation-floor L2"), wrong.getMessage());
  }

  @Test
  void aFileThatCannotBeReadIsAProblemAndNotAnException() throws Exception {
    Path missing = folder.resolve("missing");
    ConfigurationException wrong =
        assertThrows(
            ConfigurationException.class,
            () -> Configuration.resolve(Map.of("config", missing.toString()), Map.of()));
    assertTrue(wrong.getMessage().contains("cannot be read"), wrong.getMessage());
    Path binary = folder.resolve("binary");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, '=', 1});
    wrong =
        assertThrows(
            ConfigurationException.class,
            () -> Configuration.resolve(Map.of("config", binary.toString()), Map.of()));
    assertTrue(wrong.getMessage().contains("is not UTF-8"), wrong.getMessage());
  }

  @Test
  void namesAreMadeFromKeysAndAreAllDifferent() {
    assertEquals("--state-pending-min", Options.PENDING_MIN.flag());
    assertEquals("RINGMASTER_STATE_PENDING_MIN", Options.PENDING_MIN.variable());
    Map<String, ServerOption<?>> names = new HashMap<>();
    for (ServerOption<?> option : Options.ALL) {
      for (String name : List.of(option.flag(), option.variable())) {
        assertNull(names.put(name, option), name);
      }
    }
    assertEquals(2 * Options.ALL.size(), names.size());
  }

  /** Each declared default is a value; those without are the machine's or the operator's. */
  @Test
  void aDefaultIsAValue() {
    for (ServerOption<?> option : Options.ALL) {
      if (option.defaultText() != null) {
        option.parse(option.defaultText());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"200ms, 200", "0s, 0", "90s, 90000", "2m, 120000", "1h, 3600000"})
  void durationsAreWrittenWithTheirUnit(String text, long ms) {
    assertEquals(
        Duration.ofMillis(ms), Values.duration(Duration.ZERO, Duration.ofHours(1)).apply(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1000ms, 1s",
    "1500ms, 1500ms",
    "60s, 1m",
    "61s, 61s",
    "3600s, 1h",
    "5400s, 90m",
    "0s, 0ms"
  })
  void durationsAreToldInTheirShortestForm(String text, String shortest) {
    assertEquals(
        shortest, Values.text(Values.duration(Duration.ZERO, Duration.ofHours(2)).apply(text)));
  }

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("ringmaster.conf"), List.of(lines));
  }
}
