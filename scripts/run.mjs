#!/usr/bin/env node
// The one entry of all npm scripts: `node scripts/run.mjs <task>`. It needs nothing installed. Its syntax and its
// only import are plain, so that a Node that is far too old still reaches the message that says so.
import { nodeVersionProblem } from './lib/node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 1;
} else {
  import('./lib/dispatch.mjs').then(
    (module) => module.dispatch(process.argv[2], process.argv.slice(3)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
