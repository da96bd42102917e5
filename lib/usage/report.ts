import type { z } from 'zod';
import { listAccounts } from '@/db/repositories/accounts';
import { listAllApiKeys } from '@/db/repositories/api-keys';
import { sumUsage, type UsageSum } from '@/db/repositories/usage-hours';
import type { readUsage as contract, UsageNumbers, UsageRow } from '../admin-api/usage';
import { encodeCsv } from '../csv';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { dayZone } from './day';
import { percentileOf, type UsageOutcome, usageOutcomes } from './tally';

type Query = z.output<typeof contract.query>;
type Report = z.output<typeof contract.output>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestSpanMs = 3_660 * dayMs;
const longestByHourMs = 8 * dayMs;

/** What was used, from the numbers of each hour: the rows that they were counted from may be long gone. */
export async function reportUsage(
  runtime: Pick<Runtime, 'db' | 'now' | 'settings'>,
  query: Query,
): Promise<Report> {
  const { db, now } = runtime;
  const until = query.to === undefined ? now() : new Date(query.to);
  const since = query.from === undefined ? new Date(until.getTime() - dayMs) : new Date(query.from);
  if (since > until || until.getTime() - since.getTime() > longestSpanMs) {
    throw new GatewayError('invalid_request', 'Give a span of at most ten years that ends after it begins.', {
      param: 'from',
    });
  }
  if (query.group === 'hour' && until.getTime() - since.getTime() > longestByHourMs) {
    throw new GatewayError(
      'invalid_request',
      'By the hour at most eight days are told; longer spans by the day.',
      {
        param: 'group',
      },
    );
  }
  const from = new Date(Math.floor(since.getTime() / hourMs) * hourMs);
  const to = new Date(Math.ceil(until.getTime() / hourMs) * hourMs);
  const byHour = query.group === 'hour';
  const sums = await sumUsage(db, {
    dimension: query.group === 'hour' ? 'day' : query.group, // of days there are the fewest rows
    from,
    to,
    by: byHour ? 'hour' : 'value',
  });
  const groups = new Map<string, UsageSum[]>();
  for (const row of sums) {
    const value = row.hour?.toISOString() ?? row.value;
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  const nameOf = await namesFor(runtime, query.group);
  const items = [...groups].map(
    ([value, parts]): UsageRow => ({ value, ...nameOf(value), ...numbersOf(parts) }),
  );
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    group: query.group,
    time_zone: dayZone(runtime),
    items: items.toSorted(
      query.group === 'day' || query.group === 'hour'
        ? (one, other) => (one.value < other.value ? -1 : 1)
        : (one, other) => other.requests - one.requests || (one.value < other.value ? -1 : 1),
    ),
    total: numbersOf(sums),
  };
}

type Name = Pick<UsageRow, 'id' | 'label'>;

/** How to find what people call a value. */
async function namesFor(
  { db }: Pick<Runtime, 'db'>,
  group: Query['group'],
): Promise<(value: string) => Name> {
  const nobody: Name = { id: null, label: null };
  if (group === 'account') {
    const known = new Map((await listAccounts(db)).map(({ id, email }) => [email, id]));
    return (value) => (value === '' ? nobody : { id: known.get(value) ?? null, label: value });
  }
  if (group === 'key') {
    const known = new Map((await listAllApiKeys(db)).map(({ id, name }) => [id, name]));
    return (value) => (known.has(value) ? { id: value, label: known.get(value) ?? null } : nobody);
  }
  return (value) => ({ id: null, label: value === '' ? null : value });
}

/** One row of numbers from what was counted for it. */
function numbersOf(sums: readonly UsageSum[]): UsageNumbers {
  const counts = new Map<string, number>();
  const durations = { '': new Map<number, number>(), image: new Map(), video: new Map() } satisfies Record<
    UsageSum['kind'],
    Map<number, number>
  >;
  const add = <Key>(to: Map<Key, number>, key: Key, amount: number) =>
    to.set(key, (to.get(key) ?? 0) + amount);
  for (const { kind, metric, amount } of sums) {
    if (!metric.startsWith('ms:')) {
      add(counts, metric, amount);
      continue;
    }
    const bucket = Number(metric.slice('ms:'.length));
    add(durations[kind], bucket, amount);
    if (kind !== '') add(durations[''], bucket, amount); // of both kinds
  }
  const of = (metric: string) => counts.get(metric) ?? 0;
  const outcomes = Object.fromEntries(usageOutcomes.map((name) => [name, of(name)])) as Record<
    UsageOutcome,
    number
  >;
  const judged = outcomes.succeeded + outcomes.failed;
  const percentile = (share: number, kind: UsageSum['kind'] = '') =>
    percentileOf(durations[kind], share) ?? null;
  return {
    requests: usageOutcomes.reduce((total, name) => total + outcomes[name], 0),
    ...outcomes,
    success_rate: judged === 0 ? null : outcomes.succeeded / judged,
    images: of('images'),
    videos: of('videos'),
    credits: of('credits'),
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    image_p50_ms: percentile(0.5, 'image'),
    image_p95_ms: percentile(0.95, 'image'),
    video_p50_ms: percentile(0.5, 'video'),
    video_p95_ms: percentile(0.95, 'video'),
    errors: [...counts]
      .filter(([metric, count]) => metric.startsWith('error:') && count > 0)
      .map(([metric, count]) => ({ code: metric.slice('error:'.length), count }))
      .toSorted((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1)),
  };
}

const csvColumns = [
  'value',
  'label',
  'requests',
  'succeeded',
  'failed',
  'refused',
  'rate_limited',
  'cancelled',
  'success_rate',
  'images',
  'videos',
  'credits',
  'p50_ms',
  'p95_ms',
] as const satisfies readonly (keyof UsageRow)[];

/** A report as CSV, its rows in their order; errors as `code: count`. */
export function* encodeUsageCsv({ group, items }: Report): Generator<string> {
  yield encodeCsv([[group, ...csvColumns.slice(1), 'errors']]);
  for (const item of items) {
    const errors = item.errors.map(({ code, count }) => `${code}: ${count}`).join('; ');
    yield encodeCsv([[...csvColumns.map((column) => item[column]), errors]]);
  }
}
