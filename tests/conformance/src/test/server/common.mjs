// What the steps share: the clients, the packages, how an answer and a refusal are looked at.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-lambda";

const [packages, name] = process.argv.slice(2);
const { Lambda } = sdk;
assert.ok(process.env.AWS_ENDPOINT_URL_LAMBDA, "no endpoint: this would be AWS itself");
const operations = new Set();
const lambda = watched(new Lambda({ maxAttempts: 1 }));
const elsewhere = watched(new Lambda({ maxAttempts: 1, region: "eu-west-1" }));
const [one, two, layer] = ["one", "two", "layer"].map((part) => readFileSync(join(packages, `${part}.zip`)));
const ARN = `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const LAYER_ARN = `arn:aws:lambda:us-east-1:123456789012:layer:${name}`;
const NO_SUCH = "arn:aws:lambda:us-east-1:123456789012:function:no-such";
const ROLE = "arn:aws:iam::123456789012:role/lambda";
const RUNTIME = "python3.13";
const STALE_ID = "00000000-0000-4000-8000-000000000000";
const STALE =
  "The Revision Id provided does not match the latest Revision Id. " +
  "Call the GetFunction/GetAlias API to retrieve the latest Revision Id";
const self = { FunctionName: name };
const common = { Runtime: RUNTIME, Role: ROLE, Handler: "app.handler", Code: { ZipFile: one } };

function watched(client) {
  client.middlewareStack.add(
    (next, context) => (request) => {
      operations.add(context.commandName.replace(/Command$/, ""));
      return next(request);
    },
    { step: "initialize" },
  );
  return client;
}

const digest = (bytes) => createHash("sha256").update(bytes).digest("base64");
const text = (bytes) => Buffer.from(bytes ?? []).toString();

/** The call fails, as the SDK's exception of that class, with these words. */
async function refused(code, words, promise, { reason, modelled = true } = {}) {
  let failure;
  try {
    await promise;
  } catch (e) {
    failure = e;
  }
  assert.ok(failure, "was not refused");
  assert.equal(failure.name, code, `${failure}`);
  assert.ok(failure instanceof (modelled ? sdk[code] : sdk.LambdaServiceException), `class of ${code}`);
  const message = failure.message || failure.Message;
  if (words.endsWith("…")) {
    assert.ok(message.startsWith(words.slice(0, -1)), message);
  } else {
    assert.equal(message, words);
  }
  assert.equal(failure.Reason, reason);
}

function holds(members, answer) {
  for (const [member, value] of Object.entries(members)) {
    assert.deepEqual(answer[member], value, member);
  }
}

async function invoke(event, members = {}) {
  const answer = await lambda.invoke({ ...self, ...members, Payload: JSON.stringify(event) });
  assert.equal(answer.StatusCode, 200);
  return [JSON.parse(text(answer.Payload)), answer];
}

async function eventually(check, what) {
  const deadline = Date.now() + 60_000;
  while (!(await check())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function pages(paginate, key, pageSize, members = {}) {
  const found = [];
  for await (const page of paginate({ client: lambda, pageSize }, { ...members })) {
    found.push(...(page[key] ?? []));
  }
  return found;
}

const fetched = async (location) => Buffer.from(await (await fetch(location)).arrayBuffer());
const waiting = { client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const updated = () => sdk.waitUntilFunctionUpdatedV2(waiting, self);

export {
  name,
  operations,
  lambda,
  elsewhere,
  one,
  two,
  layer,
  ARN,
  LAYER_ARN,
  NO_SUCH,
  ROLE,
  RUNTIME,
  STALE_ID,
  STALE,
  self,
  common,
  digest,
  text,
  refused,
  holds,
  invoke,
  eventually,
  pages,
  fetched,
  waiting,
  updated,
};
