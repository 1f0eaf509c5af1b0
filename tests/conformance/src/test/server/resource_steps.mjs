// What belongs to a function, and its end.

import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-lambda";
import {
  ARN,
  LAYER_ARN,
  NO_SUCH,
  RUNTIME,
  STALE,
  STALE_ID,
  common,
  digest,
  elsewhere,
  eventually,
  fetched,
  holds,
  invoke,
  lambda,
  layer,
  name,
  one,
  pages,
  refused,
  self,
  two,
  updated,
  waiting,
} from "./common.mjs";

/** Another function is told of what became of events, and leaves that in its tags. */
async function recordsAreTold() {
  const told = { FunctionName: `${name}-told` };
  const arn = `${ARN}-told`;
  await lambda.createFunction({ ...common, ...told, Timeout: 30 });
  await sdk.waitUntilFunctionActiveV2(waiting, told);
  for (const [when, event, value] of [
    ["OnFailure", { do: "fail", key: "failed" }, "RetriesExhausted 1"],
    ["OnSuccess", { key: "done" }, "Success 1"],
  ]) {
    const DestinationConfig = { [when]: { Destination: arn } };
    const answer = await lambda.updateFunctionEventInvokeConfig({ ...self, DestinationConfig });
    assert.equal(answer.DestinationConfig[when].Destination, arn);
    await lambda.invoke({ ...self, InvocationType: "Event", Payload: JSON.stringify(event) });
    await eventually(async () => (await lambda.listTags({ Resource: arn })).Tags?.[event.key] === value, value);
  }
  await lambda.deleteFunction(told);
}

export const resourceSteps = {
  async publish() {
    let answer = await lambda.publishVersion({ ...self, Description: "first" });
    holds({ Version: "1", FunctionArn: `${ARN}:1`, Description: "first", CodeSha256: digest(two) }, answer);
    assert.equal((await lambda.publishVersion(self)).Version, "1");
    await sdk.waitUntilPublishedVersionActive(waiting, { ...self, Qualifier: "1" });
    await refused(
      "InvalidParameterValueException",
      `CodeSHA256 (AAAA) is different from current CodeSHA256 in $LATEST (${digest(two)}).` +
        " Please try again with the CodeSHA256 in $LATEST.",
      lambda.publishVersion({ ...self, CodeSha256: "AAAA" }),
    );
    answer = await lambda.updateFunctionCode({ ...self, ZipFile: one, Publish: true });
    holds({ Version: "2", FunctionArn: `${ARN}:2`, CodeSha256: digest(one) }, answer);
    await updated();
    const versions = await pages(sdk.paginateListVersionsByFunction, "Versions", 1, self);
    assert.deepEqual(versions.map((each) => each.Version), ["$LATEST", "1", "2"]);
    for (const [Qualifier, release] of [["1", "two"], ["2", "one"]]) {
      const [result, invoked] = await invoke({}, { Qualifier });
      assert.deepEqual([result.release, result.version, invoked.ExecutedVersion], [release, Qualifier, Qualifier]);
    }
    assert.equal((await lambda.getFunction({ ...self, Qualifier: "1" })).Configuration.Version, "1");
    await refused(
      "InvalidParameterValueException",
      "The derived qualifier from the function name does not match the specified qualifier.",
      lambda.getFunction({ FunctionName: `${name}:1`, Qualifier: "2" }),
    );
  },

  async aliases() {
    const live = { ...self, Name: "live", FunctionVersion: "1" };
    const answer = await lambda.createAlias({ ...live, Description: "to one" });
    holds({ AliasArn: `${ARN}:live`, Name: "live", FunctionVersion: "1", Description: "to one" }, answer);
    await refused("ResourceConflictException", `Alias already exists: ${ARN}:live`, lambda.createAlias(live));
    const none = { ...self, Name: "none" };
    await refused("ResourceNotFoundException", `Cannot find alias arn: ${ARN}:none`, lambda.getAlias(none));
    const change = lambda.updateAlias({ ...none, FunctionVersion: "1" });
    await refused("ResourceNotFoundException", `Alias not found: ${ARN}:none`, change);
    const [result, invoked] = await invoke({}, { Qualifier: "live" });
    assert.deepEqual([result.version, invoked.ExecutedVersion], ["1", "1"]);
    await lambda.createAlias({ ...self, Name: "next", FunctionVersion: "2" });
    const listed = await pages(sdk.paginateListAliases, "Aliases", 1, self);
    assert.deepEqual(listed.map((each) => each.Name), ["live", "next"]);
  },

  async "alias-weights"() {
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.5 } };
    const live = { ...self, Name: "live" };
    holds({ RoutingConfig, FunctionVersion: "1" }, await lambda.updateAlias({ ...live, RoutingConfig }));
    holds({ RoutingConfig }, await lambda.getAlias(live));
    const seen = new Set();
    await eventually(async () => {
      seen.add((await invoke({}, { Qualifier: "live" }))[1].ExecutedVersion);
      return seen.has("1") && seen.has("2");
    }, "both versions are called");
    const none = { FunctionVersion: "2", RoutingConfig: { AdditionalVersionWeights: {} } };
    await lambda.updateAlias({ ...live, ...none });
    assert.equal((await invoke({}, { Qualifier: "live" }))[1].ExecutedVersion, "2");
    const stale = lambda.updateAlias({ ...live, FunctionVersion: "1", RevisionId: STALE_ID });
    await refused("PreconditionFailedException", STALE, stale);
  },

  async concurrency() {
    const none = { ReservedConcurrentExecutions: 0 };
    holds(none, await lambda.putFunctionConcurrency({ ...self, ...none }));
    holds(none, await lambda.getFunctionConcurrency(self));
    holds(none, (await lambda.getFunction(self)).Concurrency);
    const reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
    await refused("TooManyRequestsException", "Rate Exceeded.", lambda.invoke(self), { reason });
    await lambda.deleteFunctionConcurrency(self);
    holds({ ReservedConcurrentExecutions: undefined }, await lambda.getFunctionConcurrency(self));
    assert.equal((await invoke({}))[0].release, "one");
    await refused(
      "InvalidParameterValueException",
      "Specified ReservedConcurrentExecutions for function decreases account's" +
        " UnreservedConcurrentExecution below its minimum value of [100].",
      lambda.putFunctionConcurrency({ ...self, ReservedConcurrentExecutions: 950 }),
    );
  },

  async "account-settings"() {
    const answer = await lambda.getAccountSettings({});
    holds({ ConcurrentExecutions: 1000, CodeSizeUnzipped: 262144000, CodeSizeZipped: 52428800 }, answer.AccountLimit);
    assert.ok(answer.AccountUsage.FunctionCount >= 1 && answer.AccountUsage.TotalCodeSize >= one.length);
  },

  async tags() {
    const resource = { Resource: ARN };
    await lambda.tagResource({ ...resource, Tags: { colour: "dark blue", empty: "" } });
    holds({ team: "blue", colour: "dark blue", empty: "" }, (await lambda.listTags(resource)).Tags);
    await lambda.untagResource({ ...resource, TagKeys: ["team", "empty"] });
    const found = (await lambda.listTags(resource)).Tags;
    holds({ team: undefined, empty: undefined, colour: "dark blue" }, found);
    const missing = lambda.listTags({ Resource: NO_SUCH });
    await refused("ResourceNotFoundException", `Function not found: ${NO_SUCH}`, missing);
    const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`key-${number}`, "v"]));
    const many = lambda.tagResource({ ...resource, Tags });
    await refused("InvalidParameterValueException", "Number of tags exceeds resource tag limit.", many);
  },

  async permissions() {
    const absent = "The resource you requested does not exist.";
    await refused("ResourceNotFoundException", absent, lambda.getPolicy(self));
    const grant = {
      ...self,
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
      SourceArn: "arn:aws:s3:::bucket",
      SourceAccount: "123456789012",
    };
    const statement = JSON.parse((await lambda.addPermission(grant)).Statement);
    holds(
      {
        Sid: "s3",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "lambda:InvokeFunction",
        Resource: ARN,
        Condition: {
          StringEquals: { "AWS:SourceAccount": "123456789012" },
          ArnLike: { "AWS:SourceArn": "arn:aws:s3:::bucket" },
        },
      },
      statement,
    );
    await refused(
      "ResourceConflictException",
      "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
      lambda.addPermission(grant),
    );
    const { Policy, RevisionId } = await lambda.getPolicy(self);
    assert.deepEqual(JSON.parse(Policy), { Version: "2012-10-17", Id: "default", Statement: [statement] });
    const none = lambda.removePermission({ ...self, StatementId: "none" });
    await refused("ResourceNotFoundException", "Statement none is not found in resource policy.", none);
    await lambda.removePermission({ ...self, StatementId: "s3", RevisionId });
    await refused("ResourceNotFoundException", absent, lambda.getPolicy(self));
  },

  async layers() {
    const LayerName = name;
    let answer = await lambda.publishLayerVersion({
      LayerName,
      Description: "words",
      Content: { ZipFile: layer },
      CompatibleRuntimes: [RUNTIME],
      LicenseInfo: "MIT",
    });
    holds({ LayerArn: LAYER_ARN, LayerVersionArn: `${LAYER_ARN}:1`, Version: 1, Description: "words", LicenseInfo: "MIT" }, answer);
    holds({ CodeSha256: digest(layer), CodeSize: layer.length }, answer.Content);
    const first = { LayerName, VersionNumber: 1 };
    answer = await lambda.getLayerVersion(first);
    assert.ok(layer.equals(await fetched(answer.Content.Location)), "byte for byte");
    assert.equal((await lambda.getLayerVersionByArn({ Arn: `${LAYER_ARN}:1` })).Description, "words");
    await lambda.publishLayerVersion({ LayerName, Content: { ZipFile: layer } });
    const listed = (await pages(sdk.paginateListLayers, "Layers", 1)).filter((each) => each.LayerName === name);
    assert.deepEqual(listed.map((each) => each.LatestMatchingVersion.Version), [2]);
    const versions = await pages(sdk.paginateListLayerVersions, "LayerVersions", 1, { LayerName });
    assert.deepEqual(versions.map((each) => each.Version), [2, 1]);
    answer = await lambda.updateFunctionConfiguration({ ...self, Layers: [`${LAYER_ARN}:1`] });
    assert.deepEqual(answer.Layers.map((each) => [each.Arn, each.CodeSize]), [[`${LAYER_ARN}:1`, layer.length]]);
    await updated();
    assert.equal((await invoke({ do: "layer" }))[0], "from the layer");
    for (const VersionNumber of [1, 2]) {
      await lambda.deleteLayerVersion({ LayerName, VersionNumber });
    }
    assert.equal((await invoke({ do: "layer" }))[0], "from the layer");
    const gone = "The resource you requested does not exist.";
    await refused("ResourceNotFoundException", gone, lambda.getLayerVersion(first));
    await lambda.updateFunctionConfiguration({ ...self, Layers: [] });
    await updated();
  },

  async "list-and-page"() {
    const names = [0, 1, 2].map((number) => `${name}-${number}`);
    for (const FunctionName of names) {
      await lambda.createFunction({ ...common, FunctionName });
    }
    const listed = (await pages(sdk.paginateListFunctions, "Functions", 1)).map((each) => each.FunctionName);
    assert.deepEqual(listed.filter((each) => each.startsWith(name)), [name, ...names]);
    const all = await pages(sdk.paginateListFunctions, "Functions", 2, { FunctionVersion: "ALL" });
    const versions = all.filter((each) => each.FunctionName === name).map((each) => each.Version);
    assert.deepEqual(versions, ["$LATEST", "1", "2"]);
    for (const FunctionName of names) {
      await lambda.deleteFunction({ FunctionName });
    }
  },

  async "code-signing-of-a-function"() {
    const answer = await lambda.getFunctionCodeSigningConfig(self);
    assert.equal(answer.FunctionName, name);
    assert.ok(!answer.CodeSigningConfigArn);
    const signed = { FunctionName: `${name}-signed` };
    const arn = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0";
    await lambda.createFunction({ ...common, ...signed, Handler: "app.handler", CodeSigningConfigArn: arn });
    assert.equal((await lambda.getFunctionCodeSigningConfig(signed)).CodeSigningConfigArn, arn);
    await lambda.deleteFunction(signed);
  },

  async "event-invoke-config"() {
    const absent = `The function ${ARN}:$LATEST doesn't have an EventInvokeConfig`;
    await refused("ResourceNotFoundException", absent, lambda.getFunctionEventInvokeConfig(self));
    const settings = { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 120 };
    const expected = { FunctionArn: `${ARN}:$LATEST`, ...settings };
    holds(expected, await lambda.putFunctionEventInvokeConfig({ ...self, ...settings }));
    holds(expected, await lambda.getFunctionEventInvokeConfig(self));
    expected.MaximumRetryAttempts = 0;
    holds(expected, await lambda.updateFunctionEventInvokeConfig({ ...self, MaximumRetryAttempts: 0 }));
    const listed = await pages(sdk.paginateListFunctionEventInvokeConfigs, "FunctionEventInvokeConfigs", 1, self);
    assert.equal(listed.length, 1);
    holds(expected, listed[0]);
    await recordsAreTold();
    await lambda.deleteFunctionEventInvokeConfig(self);
    await refused("ResourceNotFoundException", absent, lambda.getFunctionEventInvokeConfig(self));
  },

  async "function-urls"() {
    const absent = "The resource you requested does not exist.";
    await refused("ResourceNotFoundException", absent, lambda.getFunctionUrlConfig(self));
    const settings = { AuthType: "NONE", Cors: { AllowOrigins: ["*"], MaxAge: 5 } };
    const expected = { FunctionArn: ARN, ...settings };
    const answer = await lambda.createFunctionUrlConfig({ ...self, ...settings });
    holds(expected, answer);
    assert.ok(answer.FunctionUrl.startsWith("http"), answer.FunctionUrl);
    holds({ ...expected, InvokeMode: "BUFFERED" }, await lambda.getFunctionUrlConfig(self));
    await refused(
      "ResourceConflictException",
      `Failed to create function url config for [functionArn = ${ARN}].` +
        " Error message:  FunctionUrlConfig exists for this Lambda function",
      lambda.createFunctionUrlConfig({ ...self, AuthType: "NONE" }),
    );
    holds({ AuthType: "AWS_IAM" }, await lambda.updateFunctionUrlConfig({ ...self, AuthType: "AWS_IAM" }));
    const listed = await pages(sdk.paginateListFunctionUrlConfigs, "FunctionUrlConfigs", 1, self);
    assert.equal(listed.length, 1);
    holds({ ...expected, AuthType: "AWS_IAM" }, listed[0]);
    await lambda.deleteFunctionUrlConfig(self);
    await refused("ResourceNotFoundException", absent, lambda.getFunctionUrlConfig(self));
  },

  async "provisioned-concurrency"() {
    const where = { ...self, Qualifier: "2" };
    const code = "ProvisionedConcurrencyConfigNotFoundException";
    const absent = "No Provisioned Concurrency Config found for this function";
    await refused(code, absent, lambda.getProvisionedConcurrencyConfig(where));
    const put = (ProvisionedConcurrentExecutions) =>
      lambda.putProvisionedConcurrencyConfig({ ...where, ProvisionedConcurrentExecutions });
    holds({ RequestedProvisionedConcurrentExecutions: 2, Status: "IN_PROGRESS" }, await put(2));
    holds({ RequestedProvisionedConcurrentExecutions: 2 }, await lambda.getProvisionedConcurrencyConfig(where));
    await put(3);
    const listed = await pages(sdk.paginateListProvisionedConcurrencyConfigs, "ProvisionedConcurrencyConfigs", 1, self);
    assert.equal(listed.length, 1);
    holds({ FunctionArn: `${ARN}:2`, RequestedProvisionedConcurrentExecutions: 3 }, listed[0]);
    await lambda.deleteProvisionedConcurrencyConfig(where);
    await refused(code, absent, lambda.getProvisionedConcurrencyConfig(where));
  },

  async "runtime-management"() {
    holds({ UpdateRuntimeOn: "Auto", FunctionArn: ARN }, await lambda.getRuntimeManagementConfig(self));
    const UpdateRuntimeOn = "FunctionUpdate";
    holds({ UpdateRuntimeOn }, await lambda.putRuntimeManagementConfig({ ...self, UpdateRuntimeOn }));
    holds({ UpdateRuntimeOn }, await lambda.getRuntimeManagementConfig(self));
    await lambda.putRuntimeManagementConfig({ ...self, UpdateRuntimeOn: "Auto" });
  },

  async recursion() {
    holds({ RecursiveLoop: "Terminate" }, await lambda.getFunctionRecursionConfig(self));
    const RecursiveLoop = "Allow";
    holds({ RecursiveLoop }, await lambda.putFunctionRecursionConfig({ ...self, RecursiveLoop }));
    holds({ RecursiveLoop }, await lambda.getFunctionRecursionConfig(self));
    await lambda.putFunctionRecursionConfig({ ...self, RecursiveLoop: "Terminate" });
  },

  async "other-owners"() {
    const there = ARN.replace("us-east-1", "eu-west-1");
    await refused("ResourceNotFoundException", `Function not found: ${there}`, elsewhere.getFunction(self));
    await refused(
      "ResourceNotFoundException",
      "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
      elsewhere.getFunction({ FunctionName: ARN }),
    );
  },

  async "invalid-values"() {
    const invalid = (words, promise) => refused("ValidationException", words, promise, { modelled: false });
    const wrong = (members) => lambda.createFunction({ ...common, FunctionName: `${name}-x`, ...members });
    await invalid(
      "1 validation error detected: Value 'not a name!' at 'functionName' failed to satisfy constraint:" +
        " Member must satisfy regular expression pattern: …",
      lambda.getFunction({ FunctionName: "not a name!" }),
    );
    await invalid(
      "1 validation error detected: Value '999999' at 'timeout' failed to satisfy constraint:" +
        " Member must have value less than or equal to …",
      wrong({ Timeout: 999999 }),
    );
    await invalid("2 validation errors detected: Value …", wrong({ Timeout: 999999, Handler: "with blanks in it" }));
    await refused(
      "InvalidParameterValueException",
      "Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: …",
      wrong({ Runtime: "cobol85" }),
    );
    await refused(
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
      wrong({ Code: { ZipFile: Buffer.from("no zip") } }),
    );
  },

  async delete() {
    await refused(
      "InvalidParameterValueException",
      "$LATEST version cannot be deleted without deleting the function.",
      lambda.deleteFunction({ ...self, Qualifier: "$LATEST" }),
    );
    const next = { ...self, Name: "next" };
    await lambda.deleteAlias(next);
    await refused("ResourceNotFoundException", `Cannot find alias arn: ${ARN}:next`, lambda.getAlias(next));
    const first = { ...self, Qualifier: "1" };
    await lambda.deleteFunction(first);
    await refused("ResourceNotFoundException", `Function not found: ${ARN}:1`, lambda.getFunction(first));
    await lambda.deleteFunction(self);
    const gone = `Function not found: ${ARN}`;
    await refused("ResourceNotFoundException", gone, lambda.getFunction(self));
    await refused("ResourceNotFoundException", gone, lambda.deleteFunction(self));
    await refused("ResourceNotFoundException", gone, lambda.listVersionsByFunction(self));
    await refused("ResourceNotFoundException", gone, lambda.updateFunctionCode({ ...self, ZipFile: one }));
  },
};
