import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { updateAccount } from '@/db/repositories/accounts';
import { isGatewayError } from '@/lib/errors';
import { listModels } from '@/lib/models/list';
import { findModelId } from '@/lib/models/model-ids';
import type { GenerationMode } from '@/lib/models/types';
import type { Era, Tier } from '../simulator/contract';
import { references } from '../support/pictures';
import { startTestProgram, type TestProgram } from '../support/test-runtime';

/** Every public id, sent to every plan in both eras: accepted, or refused with a documented code. */
const eras: Era[] = ['2026-08', '2025-12'];
const tiers: [Tier, string][] = [
  ['PAYGATE_TIER_NOT_PAID', 'Free'],
  ['PAYGATE_TIER_ONE', 'Pro'],
  ['PAYGATE_TIER_TWO', 'Ultra'],
];
const atATime = 12;

/** How many pictures the mode that is tried needs. */
const picturesOf: Record<GenerationMode, number> = {
  'text-to-image': 0,
  'image-to-image': 1,
  'text-to-video': 0,
  'first-frame': 1,
  'first-last-frame': 2,
  'reference-images': 2,
  extend: 0,
};

const defaults = { image: 'gemini-3.1-flash-image', video: 'veo-3.1-fast' };
const ids = listModels(defaults).map(({ id }) => id);
const results = new Map<string, string[]>();

/** The mode that an id is tried in: the first that it has. */
function modeOf(id: string): GenerationMode {
  const found = findModelId(id, defaults);
  const [mode] = found?.modes ?? [];
  if (mode === undefined) throw new Error(`no mode for ${id}`);
  return mode;
}

async function tryModel(program: TestProgram, id: string, sources: Sources): Promise<string> {
  const mode = modeOf(id);
  const source = sources?.[id.includes('portrait') ? 'portrait' : 'landscape'];
  try {
    const jobId = await program.submit({
      model: id,
      references: await references(picturesOf[mode]),
      ...(mode === 'extend' && source !== undefined ? { sourceVideo: source } : {}),
    });
    const end = (await program.events(jobId)).at(-1);
    if (end?.type === 'completed') return 'accepted';
    return end?.type === 'failed' ? end.error.code : `${end?.type}`;
  } catch (error) {
    if (isGatewayError(error)) return error.code;
    throw error;
  }
}

describe.each(eras)('in the era %s', (era) => {
  test.each(tiers)('%s: every id is accepted, or refused with a documented code', async (tier, label) => {
    const program = await startTestProgram({
      simulator: { era, videoDurationMs: 20, upscaleDurationMs: 20, imageLatencyMs: 0 },
      settings: { 'routing.error_threshold': 100 },
    });
    const account = await program.addAccount({ tier, credits: 10_000_000 });
    const sources = era === '2025-12' ? undefined : await makeSources(program);
    program.simulator.resetStats();
    for (let start = 0; start < ids.length; start += atATime) {
      const batch = ids.slice(start, start + atATime);
      const outcomes = await Promise.all(batch.map((id) => tryModel(program, id, sources)));
      batch.forEach((id, index) => {
        results.set(id, [...(results.get(id) ?? []), `${outcomes[index]}`]);
      });
      // A refusal of one id must not decide about the next.
      await updateAccount(
        program.runtime.db,
        account.id,
        { blocks: [], errorStreak: 0, bannedAt: null, cooldownUntil: null, expiredAt: null },
        program.runtime.now(),
      );
    }
    const { refusals } = program.simulator.stats();
    const malformed = refusals.filter(({ status, call }) => status === 400 && call !== null);
    await program.stop();
    expect(era === '2026-08' ? malformed : []).toEqual([]);
    const column = eras.indexOf(era) * tiers.length + tiers.findIndex(([, name]) => name === label);
    const codes = new Set(ids.map((id) => results.get(id)?.[column]));
    expect([...codes].filter((code) => !documented.includes(`${code}`))).toEqual([]);
  });
});

/**
 * `model_requires_tier`: no such plan. `upstream_unavailable`, `invalid_request`: upstream does not know the key, or no
 * video to extend. `upstream_failed`: generated and stored, but that era has no upscale.
 */
const documented = [
  'accepted',
  'model_requires_tier',
  'upstream_unavailable',
  'invalid_request',
  'upstream_failed',
];

type Sources = { landscape: string; portrait: string } | undefined;

/** Videos to extend, one of each shape. */
async function makeSources(program: TestProgram): Promise<Sources> {
  const make = async (aspectRatio: string): Promise<string> => {
    const jobId = await program.submit({ model: 'veo-3.1-lite', options: { aspectRatio } });
    const end = (await program.events(jobId)).at(-1);
    const id = end?.type === 'completed' ? end.media[0]?.id : undefined;
    if (id === undefined) throw new Error(`no video to extend: ${JSON.stringify(end)}`);
    return id;
  };
  return { landscape: await make('16:9'), portrait: await make('9:16') };
}

const document = 'docs/model-acceptance.md';

afterAll(async () => {
  const rows = [...results].filter(([, outcomes]) => outcomes.length === eras.length * tiers.length);
  if (rows.length !== ids.length) return; // a part was asked for
  const text = [
    '# Which model ids upstream accepts',
    '',
    `All ${ids.length} ids of this gateway, each sent in its first mode to an account of every plan, in both eras of the wire.`,
    'Anything but "accepted" is the code that the client gets. Written and checked by `tests/integration/model-acceptance.test.ts`.',
    '',
    `| id | ${eras.flatMap((era) => tiers.map(([, label]) => `${era} ${label}`)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(eras.length * tiers.length)}`,
    ...rows.map(([id, outcomes]) => `| \`${id}\` | ${outcomes.join(' | ')} |`),
    '',
  ].join('\n');
  if (process.env.UPDATE_DOCS !== undefined) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
});
