// Calls a Ringmaster with @grpc/grpc-js; the published interface is read as it is. Says "ok" at the end.
'use strict';

const assert = require('node:assert');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protobuf, address] = process.argv.slice(2);
const { ringmaster } = grpc.loadPackageDefinition(
  loader.loadSync(
    ['invocation', 'function'].map((name) => path.join(protobuf, 'ringmaster/v1', `${name}.proto`)),
    { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true, includeDirs: [protobuf] },
  ),
);
const credentials = grpc.credentials.createInsecure();
const invocations = new ringmaster.v1.InvocationService(address, credentials);
const functions = new ringmaster.v1.FunctionService(address, credentials);

const request = (name, payload) => ({ function_name: name, payload: Buffer.from(payload) });

const call = (stub, method, message, options = {}) =>
  new Promise((resolve, reject) => {
    stub[method](message, new grpc.Metadata(), options, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });

async function refused(promise, code) {
  const error = await promise.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.strictEqual(error.code, code, error.message);
  return error;
}

async function invoke() {
  const answer = await call(invocations, 'Invoke', request('echo', '{"a":1}'));
  assert.strictEqual(answer.payload.toString(), '{"a":1}');
  assert.strictEqual(answer.executed_version, '$LATEST');
  const failed = await call(invocations, 'Invoke', request('fails', '{}'));
  assert.strictEqual(failed.function_error, 'Unhandled');
  const absent = await refused(call(invocations, 'Invoke', request('absent', '{}')), grpc.status.NOT_FOUND);
  assert.match(absent.details, /^Function not found: arn:aws:lambda:/);
  const [details] = absent.metadata.get('grpc-status-details-bin');
  assert.ok(details.includes('ResourceNotFoundException'), 'no details');
  const late = { deadline: Date.now() + 100 };
  await refused(call(invocations, 'Invoke', request('slow', '1'), late), grpc.status.DEADLINE_EXCEEDED);
}

async function parts() {
  let bytes = 0;
  let last;
  for await (const event of invocations.InvokeWithResponseStream({ invocation: request('parts', '{}') })) {
    last = event.event;
    bytes += event.part ? event.part.payload.length : 0;
  }
  assert.strictEqual(bytes, 1000);
  assert.strictEqual(last, 'end');
}

async function stream() {
  const calls = invocations.InvokeStream();
  const wanted = new Map();
  for (let id = 0; id < 1000; id++) {
    wanted.set(id, `${id}`);
    calls.write({ calls: [{ id, request: request('echo', `${id}`) }] });
  }
  calls.write({ calls: [{ id: 5000, request: request('absent', '1') }] });
  calls.end();
  for await (const message of calls) {
    for (const { id, outcome, response, refusal } of message.results) {
      if (outcome === 'refusal') {
        assert.strictEqual(id, 5000);
        assert.strictEqual(refusal.code, 'ResourceNotFoundException');
      } else {
        assert.strictEqual(response.payload.toString(), wanted.get(id));
        wanted.delete(id);
      }
    }
  }
  assert.strictEqual(wanted.size, 0);
}

async function manage() {
  const { functions: page } = await call(functions, 'ListFunctions', { max_items: 2 });
  assert.strictEqual(page.length, 2);
  const { configuration } = await call(functions, 'GetFunction', { function_name: 'echo' });
  assert.match(configuration.function_arn, /:function:echo$/);
  await call(functions, 'PutFunctionConcurrency', {
    function_name: 'echo',
    reserved_concurrent_executions: 50,
  });
  const { reserved_concurrent_executions: reserved } = await call(functions, 'GetFunctionConcurrency', {
    function_name: 'echo',
  });
  assert.strictEqual(reserved, 50);
  await refused(call(functions, 'GetAlias', { function_name: 'echo', name: 'none' }), grpc.status.NOT_FOUND);
}

(async () => {
  await invoke();
  await parts();
  await stream();
  await manage();
  invocations.close();
  functions.close();
  console.log('ok');
})();
