// The life of a function, through AWS's SDK for JavaScript. Prints a line of JSON for each step; the steps are those of life.py.
//
// usage: node life.mjs PACKAGES NAME [STEP...]; the endpoint and the credentials come from the environment.

import { operations } from "./common.mjs";
import { functionSteps } from "./function_steps.mjs";
import { resourceSteps } from "./resource_steps.mjs";

const only = process.argv.slice(4);

for (const [step, run] of Object.entries({ ...functionSteps, ...resourceSteps })) {
  if (only.length && !only.includes(step)) {
    continue;
  }
  operations.clear();
  let detail = "";
  try {
    await run();
  } catch (failure) {
    const place = `${failure.stack}`.split("\n").find((line) => line.includes("_steps.mjs")) ?? "";
    detail = `${failure.name}: ${failure.message} ${place.trim()}`;
  }
  console.log(JSON.stringify({ client: "javascript", step, operations: [...operations].sort(), ok: detail === "", detail }));
}
