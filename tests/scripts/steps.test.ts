import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runSteps } from '../../scripts/lib/steps.mjs';

let shown: string;

beforeEach(() => {
  shown = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

type Result = { code: number; output: string };

/** Steps that end only when the test says so. */
function heldSteps(count: number) {
  const running = new Set<number>();
  const end: ((result: Result) => void)[] = [];
  const steps = Array.from({ length: count }, (_, index) => {
    const ended = new Promise<Result>((resolve) => end.push(resolve));
    const run = () => {
      running.add(index);
      return ended.finally(() => running.delete(index));
    };
    return { name: `step ${index}`, run };
  });
  return { running, steps, end };
}

test('steps that end together are all counted', async () => {
  const { steps, end } = heldSteps(4);
  const total = runSteps(steps, 4);
  for (const finish of end) finish({ code: 0, output: '' });
  expect(await total).toEqual({ passed: 4, failed: 0 });
});

test('no more steps run at once than allowed', async () => {
  const { steps, end, running } = heldSteps(3);
  const total = runSteps(steps, 2);
  expect([...running]).toEqual([0, 1]);
  end[1]?.({ code: 0, output: '' });
  await vi.waitFor(() => expect([...running]).toEqual([0, 2]));
  end[0]?.({ code: 0, output: '' });
  end[2]?.({ code: 0, output: '' });
  expect(await total).toEqual({ passed: 3, failed: 0 });
});

test('a step with a tally counts as its tests, one without as one', async () => {
  const steps = [
    {
      name: 'tests',
      run: async () => ({ code: 1, output: 'why', tally: { passed: 5, failed: 2, skipped: 1 } }),
    },
    { name: 'types', run: async () => ({ code: 0, output: 'noise' }) },
  ];
  expect(await runSteps(steps, 1)).toEqual({ passed: 6, failed: 2 });
  expect(shown).toMatch(/FAILED {2}tests \(.* 5 passed, 2 failed, 1 of them because skipped\)\nwhy/);
  expect(shown).not.toContain('noise');
});
