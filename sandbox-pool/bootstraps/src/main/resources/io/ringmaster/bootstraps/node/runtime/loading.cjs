'use strict';
// From a BIND frame to a callable handler: environment, folders, module path, import.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const { pathToFileURL } = require('url');
const { fault } = require('./errors.cjs');
const imports = require('./imports.cjs');
const { HttpResponseStream } = require('./streaming.cjs');

// AWS's client lies here: functions see it in messages about modules that were not found, and resolve modules beside it.
const RUNTIME_FILE = '/var/runtime/index.mjs';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

const CALLBACK_DEPRECATED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this'
  + ' function to use a supported handler signature to use Node.js 24 or later. For more information see'
  + ' https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** Takes away what the process inherited; answers what that was. */
function clearEnvironment() {
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) {
    delete process.env[name];
  }
  return inherited;
}

/**
 * Makes the process the function's: its variables, working folder, module path and arguments.
 *
 * @param folders where modules are looked for, the layers' and the SDK's, when neither the package nor NODE_PATH has them
 */
function enter(code, environment, folders) {
  for (const [name, value] of Object.entries(environment)) {
    process.env[name] = value;
  }
  process.chdir(code);
  readSearchPath(folders);
  process.argv = [process.argv[0], RUNTIME_FILE];
  process.execArgv = [];
  process.mainModule = undefined; // require.main of a function is no bootstrap
  if (process.env.NODE_NO_WARNINGS === '1') {
    process.removeAllListeners('warning'); // as Node does when it starts with it
  }
  const off = process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA;
  if (off !== '1' && off !== 'true') {
    globalThis.awslambda = { streamifyResponse, HttpResponseStream };
  }
}

/** Lets Node read NODE_PATH again, longer than the function sees it. */
function readSearchPath(folders) {
  const own = process.env.NODE_PATH;
  process.env.NODE_PATH = [...(own ? [own] : []), ...folders.layers, ...folders.sdk].join(':');
  Module._initPaths();
  if (own === undefined) {
    delete process.env.NODE_PATH;
  } else {
    process.env.NODE_PATH = own;
  }
}

function streamifyResponse(handler, options) {
  handler[STREAMING] = 'response';
  if (typeof options?.highWaterMark === 'number') {
    handler[HIGH_WATER_MARK] = parseInt(options.highWaterMark);
  }
  return handler;
}

/**
 * Loads the handler.
 *
 * @param modern as from nodejs24.x on
 * @param shared where packages are looked for that are not beside an ES module
 * @returns the function, whether it streams, and with what buffer
 * @throws a fault for what the runtime finds wrong, and whatever function code throws
 */
async function load(root, handler, modern, shared) {
  if (handler.includes('..')) {
    throw fault(
      'MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
      modern,
    );
  }
  const base = path.basename(handler);
  const folder = handler.substring(0, handler.indexOf(base));
  const dot = base.indexOf('.');
  if (dot < 0) {
    throw fault('MalformedHandlerName', 'Bad handler', modern);
  }
  const module = await loadModule(root, folder, base.substring(0, dot), modern, shared);
  const names = base.substring(dot + 1).split('.');
  const call = modern ? (find(module, names, true) || find(module?.default, names, true)) : find(module, names, false);
  if (!call) {
    throw fault('HandlerNotFound', `${handler} is undefined or not exported`, modern);
  }
  if (typeof call !== 'function') {
    throw fault('HandlerNotFound', `${handler} is not a function`, modern);
  }
  const streams = isStreaming(call, modern);
  if (modern && call.length >= 3 && !streams) {
    throw fault('CallbackHandlerDeprecated', CALLBACK_DEPRECATED, modern);
  }
  return { call, streams, highWaterMark: Number.parseInt(call[HIGH_WATER_MARK]) || undefined };
}

/** Walks along exported names; with {@code objectsOnly} not into functions, as from nodejs24.x on. */
function find(module, names, objectsOnly) {
  let found = module;
  for (const name of names) {
    found = found && (!objectsOnly || typeof found === 'object') ? found[name] : undefined;
  }
  return found;
}

function isStreaming(call, modern) {
  const value = call[STREAMING];
  if (modern ? !value : value === undefined || value === null || value === false) {
    return false;
  }
  if (value !== 'response') {
    throw fault('MalformedStreamingHandler', 'Only response streaming is supported.', modern);
  }
  return true;
}

async function loadModule(root, folder, name, modern, shared) {
  const file = path.resolve(root, folder, name);
  const require = Module.createRequire(RUNTIME_FILE);
  try {
    const loaded = modern ? await importFile(file, shared) : await requireFile(require, file, shared);
    return loaded || require(require.resolve(name, { paths: [root, modern ? path.join(root, folder) : folder] }));
  } catch (e) {
    if (e instanceof SyntaxError) {
      const error = fault('UserCodeSyntaxError', String(e), modern);
      if (modern) {
        error.stack = e.stack;
      }
      throw error;
    }
    if (e?.code === 'MODULE_NOT_FOUND') {
      throw fault('ImportModuleError', String(e), modern);
    }
    throw e;
  }
}

/** As from nodejs24.x on: everything by import. */
async function importFile(file, shared) {
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    if (fs.existsSync(file + extension)) {
      return importModule(file + extension, extension === '.js' && hasModuleType(path.dirname(file)), shared);
    }
  }
  return undefined;
}

/** Imports what may be an ES module, which finds packages in the shared folders, too. */
function importModule(file, typeIsModule, shared) {
  const folders = [...shared.layers, ...shared.sdk];
  if (folders.length > 0 && imports.isModule(file, typeIsModule)) {
    imports.share(file, folders, shared.layers.length);
  }
  return import(pathToFileURL(file));
}

/** As up to nodejs22.x: require what is CommonJS, import what is a module; what exports a falsy value counts as absent. */
async function requireFile(require, file, shared) {
  const isModule = fs.existsSync(file + '.js') && hasModuleType(path.dirname(file));
  return (
    (fs.existsSync(file) && require(file))
    || (!isModule && fs.existsSync(file + '.js') && require(file + '.js'))
    || (isModule && (await importModule(file + '.js', true, shared)))
    || (fs.existsSync(file + '.mjs') && (await importModule(file + '.mjs', false, shared)))
    || (fs.existsSync(file + '.cjs') && require(file + '.cjs'))
  );
}

/** Whether the next package.json above says that .js files are modules. */
function hasModuleType(folder) {
  if (folder.endsWith('/node_modules')) {
    return false;
  }
  const file = path.join(folder, 'package.json');
  if (fs.existsSync(file)) {
    try {
      const description = JSON.parse(fs.readFileSync(file));
      if (description) {
        return description.type === 'module';
      }
    } catch (e) {
      console.warn(`${path.join(folder, '/package.json')} cannot be read, it will be ignored for ES module detection purposes.`, e);
      return false;
    }
  }
  return folder !== '/' && hasModuleType(path.dirname(folder));
}

/** Where layers bring modules, by the version that the function was made for, and where the SDK is that Lambda brings. */
function sharedFolders(layers, sdk, major) {
  return {
    layers: layers ? [`${layers}/nodejs/node${major}/node_modules`, `${layers}/nodejs/node_modules`] : [],
    sdk: sdk ? [`${sdk}/nodejs/node_modules`] : [],
  };
}

/** Loads a small module of each kind: the loaders are compiled and warm then. */
async function rehearse() {
  require('../rehearsal/small.cjs');
  await import('../rehearsal/small.mjs');
}

module.exports = { clearEnvironment, enter, load, rehearse, sharedFolders };

//# sourceURL=file:///var/runtime/loading.cjs
