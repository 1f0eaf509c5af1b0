'use strict';
// Handlers that our bootstrap and AWS's client must answer and log alike. The event stands in the line above each.

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// {"a":[1,2.5,"ü",null,true]}
exports.echo = async (event) => event;

// null
exports.nothing = async () => {};

// "just a string"
exports.plain = async (event) => [typeof event, event];

// {}
exports.text = async () => 'a "text" with ünïcode \u2028 and \ud83d\ude00';

// {}
exports.surrogate = async () => '\ud800';

// {}
exports.numbers = async () => [0.1, 1e300, -0, 1.0, NaN, Infinity, 12345678901234567890];

// {"n":1e400,"s":"\u00e9","big":123456789012345678901234567890,"__proto__":{"x":1}}
exports.odd_numbers = async (event) => [String(event.n), event.s, event.big, event.x === undefined];

// {}
exports.objects = async () => ({ u: undefined, f() {}, d: new Date(0), m: new Map([[1, 2]]), r: /x/, b: Buffer.from('b') });

// {}
exports.array_holes = async () => [undefined, , Symbol('s'), () => 1];

// {}
exports.to_json = async () => ({ toJSON: () => 'own' });

// {}
exports.big_integer = async () => 10n;

// {}
exports.circular = async () => { const a = {}; a.a = a; return a; };

// {}
exports.a_function = async () => () => 1;

// {}
exports.a_symbol = async () => Symbol('s');

// {}
exports.to_json_throws = async () => ({ toJSON() { throw new RangeError('in toJSON'); } });

// {}
exports.big = async () => 'x'.repeat(3_000_000);

// {}
exports.too_big = async () => 'x'.repeat(6_300_000);

// {}
exports.promised = () => Promise.resolve('promised');

// {}
exports.thenable = () => ({ then: (resolve) => setTimeout(resolve, 5, 'then') });

// {}
exports.ignored = () => 'the result of a plain function';

// {}
exports.never_settles = () => new Promise(() => {});

// {}
exports.calls_back = (event, context, callback) => callback(null, { by: 'callback' });

// {}
exports.calls_back_later = (event, context, callback) => { setTimeout(callback, 10, null, 'later'); };

// {}
exports.calls_back_error = (event, context, callback) => callback(new TypeError('by callback'));

// {}
exports.calls_back_text = (event, context, callback) => callback('a text as error');

// {}
exports.calls_back_object = (event, context, callback) => callback({ code: 1 });

// {}
exports.calls_back_twice = (event, context, callback) => { callback(null, 'first'); callback(null, 'second'); };

// {}
exports.empty_loop = (event, context, callback) => {
  const seen = [];
  callback(null, seen);
  setTimeout(() => seen.push('after'), 20);
};

// {}
exports.does_not_wait = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  callback(null, 'at once');
  setTimeout(() => {}, 3000);
};

// {}
exports.context_succeed = (event, context) => context.succeed('succeeded');

// {}
exports.context_fail = (event, context) => context.fail(new Error('failed'));

// {}
exports.context_done = (event, context) => context.done(null, 'done');

// {}
exports.throws_now = () => { throw new Error('in a plain function'); };

// {}
exports.throws = async () => { throw new RangeError('no good'); };

// {}
exports.throws_unicode = async () => { throw new Error('ü\nline 2'); };

// {}
exports.throws_text = async () => { throw 'a text'; };

// {}
exports.throws_number = async () => { throw 42; };

// {}
exports.throws_nothing = async () => { throw undefined; };

// {}
exports.throws_object = async () => { throw { code: 1, message: 'no error' }; };

// {}
exports.throws_bare = async () => { throw Object.create(null); };

// {}
exports.throws_lookalike = async () => { throw { name: 'N', message: 'm', stack: 's' }; };

class Own extends Error {
  constructor(message) { super(message); this.name = 'Own'; this.code = 'E_OWN'; this.detail = { a: 1 }; }
}

// {}
exports.throws_own = async () => { throw new Own('mine'); };

// {}
exports.throws_nested = async () => { throw new Error('outer', { cause: new TypeError('inner') }); };

// {}
exports.throws_many = async () => Promise.any([Promise.reject(new Error('one')), Promise.reject(new Error('two'))]);

// {}
exports.throws_without_stack = async () => { const e = new Error('e'); e.stack = undefined; throw e; };

// {}
exports.throws_deep = async () => { const down = (n) => (n ? down(n - 1) : null.x); return down(5); };

// {}
exports.recursion = async () => { const down = () => down() + 1; return down(); };

// {}
exports.evaluates = async () => eval('1 +');

// {}
exports.requires = async () => require('nowhere');

// {}
exports.uncaught = async () => { setTimeout(() => { throw new Error('later'); }, 1); await pause(2000); };

// {}
exports.unhandled = async () => { Promise.reject(new Error('lost')); await pause(2000); };

// {}
exports.unhandled_text = async () => { Promise.reject('lost'); await pause(2000); };

// {}
exports.exits = async () => process.exit(4);

// {}
exports.exits_well = async () => process.exit(0);

// {}
exports.killed = async () => { process.kill(process.pid, 'SIGKILL'); await pause(2000); };

// {}
exports.attributes = async (event, context) => [Object.keys(context).sort(), context.functionName, context.functionVersion,
  context.memoryLimitInMB, context.logGroupName, context.invokedFunctionArn, context.awsRequestId,
  context.clientContext === undefined, context.identity === undefined, context.callbackWaitsForEmptyEventLoop,
  typeof context.getRemainingTimeInMillis(), context.nothing === undefined];

// {}
exports.surroundings = async function () { return [this && this.constructor.name, process.version, typeof awslambda, __filename.split('/').pop(),
  require.main === module, process.env._HANDLER, Object.keys(awslambda).sort()]; };

const written = () => {
  console.log('text %s %d', 'a', 1, { b: 2 }, [3]);
  console.info({ deep: { a: { b: { c: 1 } } } });
  console.warn('several\nlines');
  console.error('with', new Own('an error').message);
  console.debug('d');
  console.trace('t');
  console.log();
  console.assert(1 === 2, 'assertion');
  console.log(undefined, null, 10n, Symbol('s'));
};

// {}
exports.logs_text = async () => written();

// {}
exports.logs_json = async () => written();

// {}
exports.logs_json_warn = async () => written();

// {}
exports.logs_error = async () => { console.error(new Own('logged')); console.log('see', new TypeError('second')); };

// {}
exports.logs_error_json = async () => { console.error(new Own('logged')); };

// {}
exports.logs_second_json = async () => { console.log('see', new TypeError('second')); };

// {}
exports.throws_json = async () => { throw new Own('mine'); };

const streams = (handler) => globalThis.awslambda.streamifyResponse(handler);

// {}
exports.streams_parts = streams(async (event, stream) => {
  for (let i = 0; i < 3; i++) { stream.write('part ' + i + ' '); await pause(5); }
  stream.end();
});

// {}
exports.streams_prelude = streams(async (event, stream) => {
  const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
  http.write('body');
  http.end();
});

// {}
exports.streams_nothing = streams(async (event, stream) => { stream.end(); });

// {}
exports.streams_throws = streams(async () => { throw new RangeError('before the first part'); });

// {}
exports.streams_throws_late = streams(async (event, stream) => { stream.write('part'); await pause(20); throw new RangeError('late'); });

// {}
exports.streams_throws_ended = streams(async (event, stream) => { stream.write('x'); stream.end(); throw new RangeError('after the end'); });

// {}
exports.streams_throws_much_later = streams(async (event, stream) => { stream.end('x'); await pause(100); throw new RangeError('after the end'); });

// {}
exports.streams_plain_unended = streams((event, stream) => { stream.write('x'); });

// {}
exports.streams_destroyed = streams(async (event, stream) => { stream.write('x'); await pause(20); stream.destroy(new Error('broken')); });

// {}
exports.streams_plain = streams((event, stream) => { stream.write('x'); stream.end(); });

exports.not_callable = 3;
