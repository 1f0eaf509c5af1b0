package io.ringmaster.runtime;

import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.annotation.JsonProperty;
import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import java.util.Map;

/** The client context as the invocation's JSON has it. */
@JsonPropertyOrder({"client", "custom", "environment"})
public final class ClientFacts implements ClientContext {
  private App client;
  private Map<String, String> custom;
  private Map<String, String> environment;

  /** For the deserializer. */
  public ClientFacts() {}

  @Override
  public Client getClient() {
    return client;
  }

  @Override
  public Map<String, String> getCustom() {
    return custom;
  }

  @Override
  public Map<String, String> getEnvironment() {
    return environment;
  }

  /** The JSON's {@code client}. */
  @JsonProperty("client")
  void readClient(App value) {
    client = value;
  }

  /** The JSON's {@code custom}. */
  @JsonProperty("custom")
  void readCustom(Map<String, String> value) {
    custom = value;
  }

  /** The JSON's {@code env}. */
  @JsonProperty("env")
  void readEnvironment(Map<String, String> value) {
    environment = value;
  }

  /** The calling application. */
  @JsonPropertyOrder({
    "installationId",
    "appTitle",
    "appVersionName",
    "appVersionCode",
    "appPackageName"
  })
  public static final class App implements Client {
    private String installationId;
    private String title;
    private String versionName;
    private String versionCode;
    private String packageName;

    /** For the deserializer. */
    public App() {}

    @Override
    public String getInstallationId() {
      return installationId;
    }

    @Override
    public String getAppTitle() {
      return title;
    }

    @Override
    public String getAppVersionName() {
      return versionName;
    }

    @Override
    public String getAppVersionCode() {
      return versionCode;
    }

    @Override
    public String getAppPackageName() {
      return packageName;
    }

    @JsonProperty("installation_id")
    void readInstallationId(String value) {
      installationId = value;
    }

    @JsonProperty("app_title")
    void readTitle(String value) {
      title = value;
    }

    @JsonProperty("app_version_name")
    void readVersionName(String value) {
      versionName = value;
    }

    @JsonProperty("app_version_code")
    void readVersionCode(String value) {
      versionCode = value;
    }

    @JsonProperty("app_package_name")
    void readPackageName(String value) {
      packageName = value;
    }
  }
}
