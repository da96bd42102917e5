import { expect, test } from 'vitest';
import { nodeVersionProblem } from '../../scripts/lib/node-version.mjs';

test.each(['20.18.0', '20.19.4', '22.0.0', '24.1.0'])('Node %s is new enough', (version) => {
  expect(nodeVersionProblem(version)).toBe('');
});

test.each(['8.17.0', '18.20.4', '20.9.0', '20.17.1'])('Node %s is refused with what to do', (version) => {
  const problem = nodeVersionProblem(version);
  expect(problem).toContain('Node 20.18 or newer is needed');
  expect(problem).toContain(version);
  expect(problem).toContain('Install a newer one');
});
