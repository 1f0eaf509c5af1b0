package io.ringmaster.conformance.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.conformance.crash.Api.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads all that a server holds, through its API, and calls every function and version. */
final class Observer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Api api;

  /** Hashes of the packages that were ever sent, by marker. */
  private final Map<String, String> hashes;

  private final List<String> violations;
  private long invocations;

  Observer(Api api, Map<String, String> hashes, List<String> violations) {
    this.api = api;
    this.hashes = hashes;
    this.violations = violations;
  }

  long invocations() {
    return invocations;
  }

  /** The states of all that actors may have made, in the words of {@link Seen}, by name. */
  Map<String, String> observe() throws IOException {
    Map<String, String> seen = new HashMap<>();
    for (JsonNode function : api.functions()) {
      String name = function.path("FunctionName").asText();
      if (!EventKind.isLedger(name)) {
        seen.put(name, function(name).seen());
      }
    }
    for (JsonNode layer : api.list("/2018-10-31/layers", "Layers")) {
      String name = layer.path("LayerName").asText();
      seen.put(name, layer(name).seen());
    }
    return seen;
  }

  private Expected function(String name) throws IOException {
    JsonNode answer = must(api.function("GET", name, "", null), name);
    JsonNode configuration = answer.path("Configuration");
    String code = invoked(name, "$LATEST");
    checkPackage(name, code, configuration, answer.path("Code").path("Location").asText());
    Map<Integer, String> versions = new TreeMap<>();
    for (JsonNode version : api.list("/2015-03-31/functions/" + name + "/versions", "Versions")) {
      String number = version.path("Version").asText();
      if (!number.equals("$LATEST")) {
        String marker = invoked(name, number);
        versions.put(Integer.parseInt(number), marker);
        checkPackage(name + ":" + number, marker, version, null);
      }
    }
    Map<String, Integer> aliases = new TreeMap<>();
    for (JsonNode alias : api.list("/2015-03-31/functions/" + name + "/aliases", "Aliases")) {
      aliases.put(
          alias.path("Name").asText(), Integer.parseInt(alias.path("FunctionVersion").asText()));
    }
    Map<String, String> tags = new TreeMap<>();
    answer.path("Tags").forEachEntry((key, value) -> tags.put(key, value.asText()));
    return new Expected(
        code,
        configuration.path("Description").asText(),
        versions,
        0,
        false,
        aliases,
        tags,
        statements(name),
        answer.path("Concurrency").path("ReservedConcurrentExecutions").asInt(-1),
        retries(name));
  }

  /** The package is the one whose marker the function answers, and comes back whole. */
  private void checkPackage(String name, String marker, JsonNode configuration, String location)
      throws IOException {
    String hash = configuration.path("CodeSha256").asText();
    if (!hash.equals(hashes.get(marker))) {
      violations.add(name + " answers " + marker + ", of which " + hash + " is not the hash");
    }
    if (location != null && !hash.equals(Hashes.base64(api.fetch(location)))) {
      violations.add(name + ": the package that comes back is another");
    }
  }

  private String invoked(String name, String qualifier) throws IOException {
    invocations++;
    Answer answer = api.invoke(name, qualifier);
    JsonNode result = must(answer, name + ":" + qualifier);
    if (!result.isTextual()) {
      violations.add(name + ":" + qualifier + " answers " + answer.text());
    }
    return result.asText();
  }

  private Set<String> statements(String name) throws IOException {
    Answer answer = api.function("GET", name, "/policy", null);
    Set<String> ids = new HashSet<>();
    if (answer.status() != 404) {
      String policy = must(answer, name).path("Policy").asText();
      JsonNode statements = JSON.readTree(policy).path("Statement");
      statements.forEach(statement -> ids.add(statement.path("Sid").asText()));
    }
    return ids;
  }

  private int retries(String name) throws IOException {
    Answer answer = api.send("GET", "/2019-09-25/functions/" + name + "/event-invoke-config", null);
    return answer.status() == 404 ? -1 : must(answer, name).path("MaximumRetryAttempts").asInt(-1);
  }

  private LayerStack layer(String name) throws IOException {
    String path = "/2018-10-31/layers/" + name + "/versions";
    Map<Long, String> found = new TreeMap<>();
    for (JsonNode version : api.list(path, "LayerVersions")) {
      long number = version.path("Version").asLong();
      JsonNode content = must(api.send("GET", path + "/" + number, null), name).path("Content");
      String hash = content.path("CodeSha256").asText();
      if (!hash.equals(Hashes.base64(api.fetch(content.path("Location").asText())))) {
        violations.add(name + ":" + number + ": the package that comes back is another");
      }
      found.put(number, hash);
    }
    return new LayerStack(found, 0);
  }

  private static JsonNode must(Answer answer, String what) throws IOException {
    if (!answer.done()) {
      throw new IllegalStateException(what + ": " + answer.text());
    }
    return answer.json();
  }
}
