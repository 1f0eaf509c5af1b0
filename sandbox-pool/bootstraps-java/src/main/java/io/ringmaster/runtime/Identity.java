package io.ringmaster.runtime;

import com.amazonaws.lambda.thirdparty.com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;

/** The Cognito identity as the invocation's JSON has it. */
@JsonPropertyOrder({"identityId", "identityPoolId"})
public final class Identity implements CognitoIdentity {
  private String id;
  private String pool;

  /** For the deserializer. */
  public Identity() {}

  @Override
  public String getIdentityId() {
    return id;
  }

  @Override
  public String getIdentityPoolId() {
    return pool;
  }

  /** The JSON's {@code cognitoIdentityId}. */
  public void setCognitoIdentityId(String value) {
    id = value;
  }

  /** The JSON's {@code cognitoIdentityPoolId}. */
  public void setCognitoIdentityPoolId(String value) {
    pool = value;
  }
}
