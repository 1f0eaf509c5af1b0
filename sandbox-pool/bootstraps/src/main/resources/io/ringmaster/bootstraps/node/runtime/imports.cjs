'use strict';
// What ES modules import from layers and from the SDK's folder.
//
// Node's loader of ES modules does not read NODE_PATH; Lambda's does, from nodejs18.x on: what is not beside the module comes from
// there. From Node 22.15 on a hook in the main thread does it. Before, hooks have a thread of their own, which takes tens of
// milliseconds to start: there is one only for functions that look as if they need it.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const { pathToFileURL } = require('url');

const NAMED = /^(?:\.{0,2}\/|#|[a-z][a-z0-9+.-]*:)/i; // a path, a package's own name for something, a URL
const OF_THE_SDK = /["'`]@(?:aws-sdk|smithy)\//;

/** What a module says that is one although nothing outside says so. */
const MODULE_SYNTAX = /^\s*(?:import|export)\b/m;

/**
 * Lets ES modules find the packages of these folders.
 *
 * @param file the handler's, an ES module
 * @param layers how many of the folders are the layers'
 */
function share(file, folders, layers) {
  const bases = folders.map((folder) => (fs.existsSync(folder) ? pathToFileURL(path.dirname(folder) + '/index.js').href : null));
  const there = bases.filter((base) => base !== null);
  if (there.length === 0) {
    return;
  }
  if (Module.registerHooks) {
    Module.registerHooks({ resolve: (specifier, context, next) => resolve(specifier, context, next, there) });
  } else if (Module.register && (bases.slice(0, layers).some((base) => base !== null) || OF_THE_SDK.test(fs.readFileSync(file)))) {
    Module.register(`data:text/javascript,${encodeURIComponent(hooksOfTheirOwnThread())}`, { parentURL: there[0], data: there });
  }
}

function resolve(specifier, context, next, bases) {
  try {
    return next(specifier, context);
  } catch (e) {
    if (e?.code !== 'ERR_MODULE_NOT_FOUND' || NAMED.test(specifier)) {
      throw e;
    }
    for (const parentURL of bases) {
      try {
        return next(specifier, { ...context, parentURL });
      } catch (other) {
        if (other?.code !== 'ERR_MODULE_NOT_FOUND') {
          throw other;
        }
      }
    }
    throw e;
  }
}

/** The same function, awaiting. */
function hooksOfTheirOwnThread() {
  return `const NAMED = ${NAMED};
let bases;
export function initialize(data) { bases = data; }
${String(resolve).replace('function resolve', 'async function find').replaceAll('return next(', 'return await next(')}
export const resolve = (specifier, context, next) => find(specifier, context, next, bases);
`;
}

/** Whether the file, which is there, is an ES module; a package.json may say what .js files are. */
function isModule(file, typeIsModule) {
  const extension = path.extname(file);
  return extension === '.mjs' || (extension === '.js' && (typeIsModule || MODULE_SYNTAX.test(fs.readFileSync(file))));
}

module.exports = { isModule, share };

//# sourceURL=file:///var/runtime/imports.cjs
