import type { z } from 'zod';
import { listAccounts } from '@/db/repositories/accounts';
import { listAllApiKeys } from '@/db/repositories/api-keys';
import { sumUsageByHour, sumUsageByValue, type UsageSum } from '@/db/repositories/usage-hours';
import type { readUsage as contract, UsageNumbers, UsageRow } from '../admin-api/usage';
import { encodeCsv } from '../csv';
import { GatewayError } from '../errors';
import type { Runtime } from '../runtime';
import { dayZone } from './day';
import { averageOf, percentileOf, readAccountValue, type UsageOutcome, usageOutcomes } from './tally';

type Query = z.output<typeof contract.query>;
type Report = z.output<typeof contract.output>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestSpanMs = 3_660 * dayMs;
const longestByHourMs = 8 * dayMs;
const mostGroups = 1_000;

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
  const { sums, others } = await sumsFor(db, query.group, { from, to });
  const nameOf = await namesFor(runtime, query.group, sums);
  const groups = new Map<string, { name: Name; parts: UsageSum[] }>();
  for (const row of sums) {
    const name = nameOf(row.hour?.toISOString() ?? row.value);
    const group = groups.get(name.value);
    if (group === undefined) groups.set(name.value, { name, parts: [row] });
    else group.parts.push(row);
  }
  const items = [...groups.values()].map(({ name, parts }): UsageRow => ({ ...name, ...numbersOf(parts) }));
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
    group_limit: mostGroups,
    others: others === undefined ? null : { groups: others.values, ...numbersOf(others.sums) },
    total: numbersOf([...sums, ...(others?.sums ?? [])]),
  };
}

/** What was counted of each group. Days and hours are all there; of what has no end of its own, the most used. */
async function sumsFor(
  db: Runtime['db'],
  group: Query['group'],
  span: { from: Date; to: Date },
): Promise<Awaited<ReturnType<typeof sumUsageByValue>>> {
  // Of days there are the fewest rows.
  if (group === 'hour') {
    return { sums: await sumUsageByHour(db, { dimension: 'day', ...span }), others: undefined };
  }
  const limit = group === 'day' ? Number.MAX_SAFE_INTEGER : mostGroups;
  return await sumUsageByValue(db, { dimension: group, ...span }, { metrics: usageOutcomes, limit });
}

type Name = Pick<UsageRow, 'value' | 'id' | 'label'>;

/** How to find what a value is called, and which values are one. */
async function namesFor(
  { db }: Pick<Runtime, 'db'>,
  group: Query['group'],
  sums: readonly UsageSum[],
): Promise<(value: string) => Name> {
  if (group === 'account') return accountNames(await listAccounts(db), sums);
  if (group === 'key') {
    const known = new Map((await listAllApiKeys(db)).map(({ id, name }) => [id, name]));
    return (value) => ({ value, id: known.has(value) ? value : null, label: known.get(value) ?? null });
  }
  return (value) => ({ value, id: null, label: value === '' ? null : value });
}

/**
 * Accounts by id, under the email that they have or had. A job that was counted when its account was gone tells the
 * email alone: it belongs to the account that had it, where that was one only.
 */
function accountNames(
  accounts: readonly { id: string; email: string }[],
  sums: readonly UsageSum[],
): (value: string) => Name {
  const known = new Map(accounts.map(({ id, email }) => [id, email]));
  const former = new Map<string, string>();
  const owners = new Map<string, Set<string>>();
  const own = (email: string, id: string) => owners.set(email, (owners.get(email) ?? new Set()).add(id));
  for (const { id, email } of accounts) own(email, id);
  for (const { value } of sums) {
    const { id, email } = readAccountValue(value);
    if (id === null) continue;
    own(email, id);
    former.set(id, email);
  }
  return (value) => {
    const counted = readAccountValue(value);
    const [owner, another] = counted.id === null ? (owners.get(counted.email) ?? []) : [counted.id];
    if (owner === undefined || another !== undefined) {
      return { value: counted.email, id: null, label: counted.email === '' ? null : counted.email };
    }
    const label = known.get(owner) ?? former.get(owner) ?? null;
    return { value: owner, id: known.has(owner) ? owner : null, label };
  };
}

/** One row of numbers from what was counted for it. */
export function numbersOf(sums: readonly UsageSum[]): UsageNumbers {
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
    average_ms: averageOf(durations['']) ?? null,
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
  'average_ms',
  'p50_ms',
  'p95_ms',
] as const satisfies readonly (keyof UsageRow)[];

/** A report as CSV, its rows in their order; errors as `code: count`. */
export function* encodeUsageCsv({ group, items, others }: Report): Generator<string> {
  yield encodeCsv([[group, ...csvColumns.slice(1), 'errors']]);
  const last = others === null ? [] : [{ ...others, value: 'others', label: `${others.groups} others` }];
  for (const item of [...items, ...last]) {
    const errors = item.errors.map(({ code, count }) => `${code}: ${count}`).join('; ');
    yield encodeCsv([[...csvColumns.map((column) => item[column]), errors]]);
  }
}
