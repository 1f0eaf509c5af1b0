package io.ringmaster.api;

import java.util.List;
import java.util.Map;

/**
 * What a function is to be, for {@link Functions#create} and {@link Functions#updateConfiguration}.
 * Values are checked by the engine, with AWS's texts.
 *
 * @param name function name, 1 to 64 of letters, digits, {@code -} and {@code _}; or an ARN
 * @param runtime runtime identifier such as {@code python3.13}; {@link #IN_JVM} with in-JVM code
 * @param handler such as {@code app.handler}; may be null with in-JVM code
 * @param code the code
 * @param layers layers given inline: their content is merged in this order, of equal paths the
 *     later counts, and found by the function as Lambda's {@code /opt}; not with in-JVM code; null:
 *     as they are ({@link Functions#updateConfiguration(String, java.util.function.UnaryOperator,
 *     String)} only)
 * @param layerArns ARNs of published layer versions, merged after those given inline; at most 5
 *     layers in all
 * @param role execution role ARN; kept and shown, not assumed
 * @param description at most 256 characters
 * @param memoryMb 128 to 10,240; default 128
 * @param timeoutSeconds 1 to 900; default 3
 * @param ephemeralStorageMb 512 to 10,240; default 512
 * @param environment the function's variables, at most 4 KiB in all
 * @param architectures one of {@code x86_64}, {@code arm64}; default: this machine's
 * @param logFormat {@code Text} or {@code JSON}
 * @param applicationLogLevel with JSON: least level of the function's own lines, {@code TRACE DEBUG
 *     INFO WARN ERROR FATAL}; null: INFO
 * @param systemLogLevel with JSON: least level of the platform's lines, {@code DEBUG INFO WARN};
 *     null: INFO
 * @param logGroup where its lines go; null: {@code /aws/lambda/NAME}
 * @param tags tags of the function, at most 50; only when it is created
 * @param documents configuration that is kept and shown, and acted on by later releases: the JSON
 *     text by AWS's member name, such as {@code VpcConfig}
 * @param publish whether a first version is published when it is created
 */
public record FunctionSpec(
    String name,
    String runtime,
    String handler,
    FunctionCode code,
    List<FunctionCode> layers,
    List<String> layerArns,
    String role,
    String description,
    int memoryMb,
    int timeoutSeconds,
    int ephemeralStorageMb,
    Map<String, String> environment,
    List<String> architectures,
    String logFormat,
    String applicationLogLevel,
    String systemLogLevel,
    String logGroup,
    Map<String, String> tags,
    Map<String, String> documents,
    boolean publish) {

  /** The runtime of in-JVM handlers. */
  public static final String IN_JVM = "injvm";

  /** Begins with the defaults. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Begins with the values of this one. */
  public Builder toBuilder() {
    Builder builder = new Builder(name);
    builder.runtime = runtime;
    builder.handler = handler;
    builder.code = code;
    builder.layers = layers;
    builder.layerArns = layerArns;
    builder.role = role;
    builder.description = description;
    builder.memoryMb = memoryMb;
    builder.timeoutSeconds = timeoutSeconds;
    builder.ephemeralStorageMb = ephemeralStorageMb;
    builder.environment = environment;
    builder.architectures = architectures;
    builder.logFormat = logFormat;
    builder.applicationLogLevel = applicationLogLevel;
    builder.systemLogLevel = systemLogLevel;
    builder.logGroup = logGroup;
    builder.tags = tags;
    builder.documents = documents;
    builder.publish = publish;
    return builder;
  }

  /** Collects the values. Not safe for use by several threads. */
  public static final class Builder {
    private String name;
    private String runtime;
    private String handler;
    private FunctionCode code;
    private List<FunctionCode> layers = List.of();
    private List<String> layerArns = List.of();
    private String role = "arn:aws:iam::123456789012:role/lambda";
    private String description = "";
    private int memoryMb = 128;
    private int timeoutSeconds = 3;
    private int ephemeralStorageMb = 512;
    private Map<String, String> environment = Map.of();
    private List<String> architectures = List.of();
    private String logFormat = "Text";
    private String applicationLogLevel;
    private String systemLogLevel;
    private String logGroup;
    private Map<String, String> tags = Map.of();
    private Map<String, String> documents = Map.of();
    private boolean publish;

    private Builder(String name) {
      this.name = name;
    }

    /** See {@link FunctionSpec#name()}. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** See {@link FunctionSpec#runtime()}. */
    public Builder runtime(String value) {
      runtime = value;
      return this;
    }

    /** See {@link FunctionSpec#handler()}. */
    public Builder handler(String value) {
      handler = value;
      return this;
    }

    /** See {@link FunctionSpec#code()}. */
    public Builder code(FunctionCode value) {
      code = value;
      if (value instanceof FunctionCode.InJvm && runtime == null) {
        runtime = IN_JVM;
      }
      return this;
    }

    /** See {@link FunctionSpec#layers()}. */
    public Builder layers(List<FunctionCode> value) {
      layers = value == null ? null : List.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#layerArns()}. */
    public Builder layerArns(List<String> value) {
      layerArns = List.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#role()}. */
    public Builder role(String value) {
      role = value;
      return this;
    }

    /** See {@link FunctionSpec#description()}. */
    public Builder description(String value) {
      description = value;
      return this;
    }

    /** See {@link FunctionSpec#memoryMb()}. */
    public Builder memoryMb(int value) {
      memoryMb = value;
      return this;
    }

    /** See {@link FunctionSpec#timeoutSeconds()}. */
    public Builder timeoutSeconds(int value) {
      timeoutSeconds = value;
      return this;
    }

    /** See {@link FunctionSpec#ephemeralStorageMb()}. */
    public Builder ephemeralStorageMb(int value) {
      ephemeralStorageMb = value;
      return this;
    }

    /** See {@link FunctionSpec#environment()}. */
    public Builder environment(Map<String, String> value) {
      environment = Map.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#architectures()}. */
    public Builder architectures(List<String> value) {
      architectures = List.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#logFormat()}. */
    public Builder logFormat(String value) {
      logFormat = value;
      return this;
    }

    /** See {@link FunctionSpec#applicationLogLevel()}. */
    public Builder applicationLogLevel(String value) {
      applicationLogLevel = value;
      return this;
    }

    /** See {@link FunctionSpec#systemLogLevel()}. */
    public Builder systemLogLevel(String value) {
      systemLogLevel = value;
      return this;
    }

    /** See {@link FunctionSpec#logGroup()}. */
    public Builder logGroup(String value) {
      logGroup = value;
      return this;
    }

    /** See {@link FunctionSpec#tags()}. */
    public Builder tags(Map<String, String> value) {
      tags = Map.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#documents()}. */
    public Builder documents(Map<String, String> value) {
      documents = Map.copyOf(value);
      return this;
    }

    /** See {@link FunctionSpec#publish()}. */
    public Builder publish(boolean value) {
      publish = value;
      return this;
    }

    /** Builds; values are checked when the function is created. */
    public FunctionSpec build() {
      return new FunctionSpec(
          name,
          runtime,
          handler,
          code,
          layers,
          layerArns,
          role,
          description,
          memoryMb,
          timeoutSeconds,
          ephemeralStorageMb,
          environment,
          architectures,
          logFormat,
          applicationLogLevel,
          systemLogLevel,
          logGroup,
          tags,
          documents,
          publish);
    }
  }
}
