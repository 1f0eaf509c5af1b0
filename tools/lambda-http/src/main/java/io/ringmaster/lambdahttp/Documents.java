package io.ringmaster.lambdahttp;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.LayerVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions, aliases and layers as AWS's documents show them. */
final class Documents {
  /** As {@code 2025-11-24T23:09:00.000+0000}. */
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxx").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Documents() {}

  static String millis(Instant time) {
    return MILLIS.format(time);
  }

  static String seconds(Instant time) {
    return SECONDS.format(time);
  }

  static String micros(Instant time) {
    return MICROS.format(time);
  }

  /**
   * One version of a function.
   *
   * @param listed as in lists, which do not tell states
   */
  static Map<String, Object> function(FunctionConfiguration it, boolean listed) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("FunctionName", it.functionName());
    out.put("FunctionArn", it.functionArn());
    out.put("Runtime", it.runtime());
    out.put("Role", it.role());
    put(out, "Handler", it.handler());
    out.put("CodeSize", it.codeSize());
    out.put("Description", it.description());
    out.put("Timeout", it.timeoutSeconds());
    out.put("MemorySize", it.memoryMb());
    out.put("LastModified", millis(it.lastModified()));
    out.put("CodeSha256", it.codeSha256());
    out.put("Version", it.version());
    stored(out, it, "VpcConfig");
    stored(out, it, "DeadLetterConfig");
    if (!it.environment().isEmpty()) {
      out.put("Environment", Map.of("Variables", it.environment()));
    }
    stored(out, it, "KMSKeyArn");
    out.putIfAbsent("TracingConfig", Map.of("Mode", "PassThrough"));
    stored(out, it, "TracingConfig");
    out.put("RevisionId", it.revisionId());
    layers(out, it);
    if (!listed) {
      put(out, "State", it.state());
      put(out, "StateReason", it.stateReason());
      put(out, "StateReasonCode", it.stateReasonCode());
      put(out, "LastUpdateStatus", it.lastUpdateStatus());
      put(out, "LastUpdateStatusReason", it.lastUpdateStatusReason());
      put(out, "LastUpdateStatusReasonCode", it.lastUpdateStatusReasonCode());
    }
    stored(out, it, "FileSystemConfigs");
    out.put("PackageType", "Zip");
    out.put("Architectures", it.architectures());
    out.put("EphemeralStorage", Map.of("Size", it.ephemeralStorageMb()));
    snapStart(out, it);
    if (!listed) {
      out.put("RuntimeVersionConfig", Map.of("RuntimeVersionArn", runtimeVersion(it)));
    }
    out.put("LoggingConfig", logging(it));
    stored(out, it, "TenancyConfig");
    stored(out, it, "DurableConfig");
    return out;
  }

  private static void put(Map<String, Object> out, String name, Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void stored(Map<String, Object> out, FunctionConfiguration it, String name) {
    String json = it.documents().get(name);
    if (json != null) {
      out.put(name, new Json.Raw(json));
    }
  }

  private static void layers(Map<String, Object> out, FunctionConfiguration it) {
    List<Map<String, Object>> layers = new ArrayList<>();
    for (FunctionConfiguration.Layer each : it.layers()) {
      Map<String, Object> layer = new LinkedHashMap<>();
      put(layer, "Arn", each.arn());
      layer.put("CodeSize", each.codeSize());
      layers.add(layer);
    }
    if (!layers.isEmpty()) {
      out.put("Layers", layers);
    }
  }

  private static void snapStart(Map<String, Object> out, FunctionConfiguration it) {
    String json = it.documents().get("SnapStart");
    Object apply = json == null ? "None" : Json.object(json).getOrDefault("ApplyOn", "None");
    Map<String, Object> snapStart = new LinkedHashMap<>();
    snapStart.put("ApplyOn", apply);
    snapStart.put("OptimizationStatus", "Off");
    out.put("SnapStart", snapStart);
  }

  private static Map<String, Object> logging(FunctionConfiguration it) {
    Map<String, Object> logging = new LinkedHashMap<>();
    logging.put("LogFormat", it.logFormat());
    put(logging, "ApplicationLogLevel", it.applicationLogLevel());
    put(logging, "SystemLogLevel", it.systemLogLevel());
    logging.put(
        "LogGroup", it.logGroup() == null ? "/aws/lambda/" + it.functionName() : it.logGroup());
    return logging;
  }

  /** A stable ARN in AWS's form; there is one version of each runtime here. */
  private static String runtimeVersion(FunctionConfiguration it) {
    String[] arn = it.functionArn().split(":");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("ringmaster " + it.runtime()).getBytes(StandardCharsets.UTF_8));
      return "arn:" + arn[1] + ":lambda:" + arn[3] + "::runtime:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, Object> alias(Alias it) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("AliasArn", it.arn());
    out.put("Name", it.name());
    out.put("FunctionVersion", it.functionVersion());
    out.put("Description", it.description());
    if (!it.additionalVersionWeights().isEmpty()) {
      out.put("RoutingConfig", Map.of("AdditionalVersionWeights", it.additionalVersionWeights()));
    }
    out.put("RevisionId", it.revisionId());
    return out;
  }

  /** What lists of layers and of their versions show. */
  static Map<String, Object> layerItem(LayerVersion it) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("LayerVersionArn", it.layerVersionArn());
    out.put("Version", it.version());
    out.put("Description", it.description());
    out.put("CreatedDate", millis(it.createdDate()));
    if (!it.compatibleRuntimes().isEmpty()) {
      out.put("CompatibleRuntimes", it.compatibleRuntimes());
    }
    if (!it.compatibleArchitectures().isEmpty()) {
      out.put("CompatibleArchitectures", it.compatibleArchitectures());
    }
    put(out, "LicenseInfo", it.licenseInfo());
    return out;
  }

  static Map<String, Object> layer(LayerVersion it, String location) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("Location", location);
    content.put("CodeSha256", it.codeSha256());
    content.put("CodeSize", it.codeSize());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("Content", content);
    out.put("LayerArn", it.layerArn());
    out.putAll(layerItem(it));
    return out;
  }
}
