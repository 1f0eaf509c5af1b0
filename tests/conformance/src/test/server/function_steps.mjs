// A function is made, invoked in every way, and changed.

import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-lambda";
import {
  ARN,
  NO_SUCH,
  ROLE,
  RUNTIME,
  STALE,
  STALE_ID,
  common,
  digest,
  eventually,
  fetched,
  holds,
  invoke,
  lambda,
  name,
  one,
  refused,
  self,
  text,
  two,
  updated,
  waiting,
} from "./common.mjs";

export const functionSteps = {
  async create() {
    const answer = await lambda.createFunction({
      ...self,
      ...common,
      Description: "a life",
      Timeout: 30,
      MemorySize: 256,
      Environment: { Variables: { STAGE: "test" } },
      Tags: { team: "blue" },
    });
    holds(
      {
        FunctionName: name,
        FunctionArn: ARN,
        Runtime: RUNTIME,
        Role: ROLE,
        Handler: "app.handler",
        CodeSize: one.length,
        CodeSha256: digest(one),
        Description: "a life",
        Timeout: 30,
        MemorySize: 256,
        Version: "$LATEST",
        Environment: { Variables: { STAGE: "test" } },
        TracingConfig: { Mode: "PassThrough" },
        State: "Pending",
        StateReason: "The function is being created.",
        StateReasonCode: "Creating",
        PackageType: "Zip",
        EphemeralStorage: { Size: 512 },
        LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
        SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
        LastUpdateStatus: undefined,
      },
      answer,
    );
    assert.equal(answer.RevisionId.length, 36);
  },

  async "create-again-is-refused"() {
    const again = lambda.createFunction({ ...self, ...common });
    await refused("ResourceConflictException", `Function already exist: ${name}`, again);
  },

  async "wait-until-active"() {
    const { state } = await sdk.waitUntilFunctionActiveV2(waiting, self);
    assert.equal(state, "SUCCESS");
    const answer = await lambda.getFunctionConfiguration(self);
    holds({ State: "Active", LastUpdateStatus: "Successful", StateReason: undefined }, answer);
  },

  async get() {
    const answer = await lambda.getFunction(self);
    assert.equal(answer.Code.RepositoryType, "S3");
    assert.deepEqual(answer.Tags, { team: "blue" });
    assert.equal(answer.Concurrency, undefined);
    assert.ok(one.equals(await fetched(answer.Code.Location)), "byte for byte");
    for (const form of [ARN, `123456789012:function:${name}`, `${name}:$LATEST`, `${ARN}:$LATEST`]) {
      assert.equal((await lambda.getFunctionConfiguration({ FunctionName: form })).FunctionName, name);
    }
  },

  async "invoke-synchronously"() {
    const [result, answer] = await invoke({ word: "grüße" });
    holds({ release: "one", event: { word: "grüße" }, stage: "test", version: "$LATEST" }, result);
    holds({ ExecutedVersion: "$LATEST", FunctionError: undefined }, answer);
  },

  async "invoke-with-an-error"() {
    const [result, answer] = await invoke({ do: "fail" });
    holds({ FunctionError: "Unhandled", ExecutedVersion: "$LATEST" }, answer);
    holds({ errorMessage: "as asked", errorType: "ValueError" }, result);
  },

  async "invoke-with-the-log-tail"() {
    const [, answer] = await invoke({ word: "tail" }, { LogType: "Tail" });
    const log = Buffer.from(answer.LogResult, "base64").toString();
    for (const part of ["START RequestId: ", "said: tail\n", "END RequestId: ", "REPORT RequestId: "]) {
      assert.ok(log.includes(part), log);
    }
  },

  async "invoke-with-a-client-context"() {
    const context = { custom: { who: "ada" }, env: { locale: "de" }, client: { app_title: "life" } };
    const ClientContext = Buffer.from(JSON.stringify(context)).toString("base64");
    const [result] = await invoke({ do: "context" }, { ClientContext });
    assert.deepEqual(result, { custom: { who: "ada" }, env: { locale: "de" } });
  },

  async "invoke-dry"() {
    const answer = await lambda.invoke({ ...self, InvocationType: "DryRun", Payload: "{}" });
    assert.equal(answer.StatusCode, 204);
    assert.equal(text(answer.Payload), "");
  },

  async "invoke-as-event"() {
    const Payload = JSON.stringify({ do: "tag", key: "seen", value: "by-js" });
    const answer = await lambda.invoke({ ...self, InvocationType: "Event", Payload });
    holds({ StatusCode: 202, ExecutedVersion: undefined }, answer);
    assert.equal(text(answer.Payload), "");
    const seen = async () => (await lambda.listTags({ Resource: ARN })).Tags.seen === "by-js";
    await eventually(seen, "the event's invocation leaves its tag");
  },

  async "invoke-as-event-the-old-way"() {
    const InvokeArgs = JSON.stringify({ do: "tag", key: "seen", value: "of-old" });
    assert.equal((await lambda.invokeAsync({ ...self, InvokeArgs })).Status, 202);
    await eventually(async () => (await lambda.listTags({ Resource: ARN })).Tags.seen === "of-old", "the tag");
  },

  async "invoke-refusals"() {
    const missing = lambda.invoke({ FunctionName: "no-such" });
    await refused("ResourceNotFoundException", `Function not found: ${NO_SUCH}:$LATEST`, missing);
    const version = lambda.invoke({ ...self, Qualifier: "77" });
    await refused("ResourceNotFoundException", `Function not found: ${ARN}:77`, version);
    const words = "Could not parse request body into json: Could not parse payload into json: …";
    await refused("InvalidRequestContentException", words, lambda.invoke({ ...self, Payload: "{nothing" }));
    await refused(
      "RequestTooLargeException",
      "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
      lambda.invoke({ ...self, Payload: `"${"x".repeat(6291456)}"` }),
    );
    const [result, answer] = await invoke({ do: "large", bytes: 6291556 });
    assert.equal(answer.FunctionError, "Unhandled");
    assert.equal(result.errorType, "Function.ResponseSizeTooLarge");
  },

  async "invoke-with-a-streamed-answer"() {
    const stream = async (Payload, LogType) => {
      const answer = await lambda.send(new sdk.InvokeWithResponseStreamCommand({ ...self, Payload, LogType }));
      let payload = "";
      let complete;
      for await (const event of answer.EventStream) {
        payload += text(event.PayloadChunk?.Payload);
        complete = event.InvokeComplete ?? complete;
      }
      return [payload, complete];
    };
    let [payload, complete] = await stream('{"word":"stream"}', "Tail");
    assert.equal(JSON.parse(payload).release, "one");
    assert.ok(Buffer.from(complete.LogResult, "base64").toString().includes("REPORT RequestId: "));
    [payload, complete] = await stream('{"do":"fail"}');
    assert.equal(complete.ErrorCode, "Unhandled");
    assert.ok(complete.ErrorDetails.includes("as asked"), complete.ErrorDetails);
  },

  async "update-code"() {
    const before = await lambda.getFunctionConfiguration(self);
    const dry = await lambda.updateFunctionCode({ ...self, ZipFile: two, DryRun: true });
    assert.equal(dry.CodeSha256, digest(two));
    assert.equal((await lambda.getFunctionConfiguration(self)).RevisionId, before.RevisionId);
    const answer = await lambda.updateFunctionCode({ ...self, ZipFile: two });
    holds({ CodeSha256: digest(two), CodeSize: two.length, LastUpdateStatus: "InProgress" }, answer);
    assert.notEqual(answer.RevisionId, before.RevisionId);
    await updated();
    assert.equal((await invoke({}))[0].release, "two");
    assert.ok(two.equals(await fetched((await lambda.getFunction(self)).Code.Location)), "byte for byte");
  },

  async "update-configuration"() {
    const Environment = { Variables: { STAGE: "changed" } };
    const change = { Description: "changed", Timeout: 20, MemorySize: 512, Environment };
    const answer = await lambda.updateFunctionConfiguration({ ...self, ...change });
    holds({ ...change, LastUpdateStatus: "InProgress" }, answer);
    await updated();
    const [result] = await invoke({});
    assert.deepEqual([result.stage, `${result.memory}`], ["changed", "512"]);
  },

  async "stale-revisions"() {
    const stale = { ...self, RevisionId: STALE_ID };
    const code = "PreconditionFailedException";
    await refused(code, STALE, lambda.updateFunctionConfiguration({ ...stale, Description: "x" }));
    await refused(code, STALE, lambda.updateFunctionCode({ ...stale, ZipFile: one }));
    await refused(code, STALE, lambda.publishVersion(stale));
    const { RevisionId } = await lambda.getFunctionConfiguration(self);
    await lambda.updateFunctionConfiguration({ ...self, Description: "conditional", RevisionId });
    await updated();
  },
};
