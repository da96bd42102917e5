import { expect, test } from 'vitest';
import type { LogRow } from '@/lib/admin-api/logs';
import {
  addressOfLog,
  idOfLog,
  isLog,
  keptRows,
  type LogView,
  mergeTail,
  newsSince,
  rowsOfView,
  statusesOf,
} from './live-merge';

const row = (id: number | null, part: Partial<LogRow> = {}): LogRow => ({
  id,
  request_id: id === null ? null : `req_${id}`,
  at: '2026-11-20T12:00:00.000Z',
  method: 'POST',
  path: '/v1/images/generations',
  source: 'openai',
  status: 'success',
  code: 200,
  duration_ms: 10,
  model: 'm',
  side_request: null,
  error: null,
  key: null,
  job: null,
  ...part,
});
const view = (rows: LogRow[], part: Partial<LogView> = {}): LogView => ({
  rows,
  running: [],
  total: rows.length,
  isCapped: false,
  cursor: '0',
  ...part,
});
const tail = (part: object) => ({
  items: [],
  running: [],
  changed: [],
  gone: [],
  next_cursor: null,
  latest_cursor: '9.9',
  total: 0,
  total_is_capped: false,
  ...part,
});
const ids = ({ rows }: LogView) => rows.map(({ id }) => id);

test('what was written since comes on top, once', () => {
  const merged = mergeTail(view([row(2), row(1)]), tail({ items: [row(4), row(3), row(2)] }));
  expect(ids(merged)).toEqual([4, 3, 2, 1]);
  expect(merged).toMatchObject({ total: 4, cursor: '9.9' });
});

test('what has ended changes in its place, and goes where it matches no more', () => {
  const before = view([row(3, { status: 'running' }), row(2, { status: 'running' }), row(1)]);
  const merged = mergeTail(before, tail({ changed: [row(3, { status: 'failed' })], gone: [2, 77] }));
  expect(merged.rows.map(({ id, status }) => [id, status])).toEqual([
    [3, 'failed'],
    [1, 'success'],
  ]);
  expect(merged.total).toBe(2);
});

test('one that matches only since its end takes its place, unless that is on a later page', () => {
  const merged = mergeTail(view([row(9), row(5)], { total: 40 }), tail({ changed: [row(7), row(2)] }));
  expect(ids(merged)).toEqual([9, 7, 5]);
  expect(merged.total).toBe(41);
});

test('a change that comes twice changes nothing the second time', () => {
  const once = mergeTail(view([row(5)]), tail({ changed: [row(6)] }));
  expect(mergeTail(once, tail({ changed: [row(6)] }))).toEqual(once);
});

test(`no more than ${keptRows} rows are kept`, () => {
  const many = Array.from({ length: keptRows }, (_, index) => row(keptRows - index));
  const merged = mergeTail(view(many), tail({ items: [row(keptRows + 1)] }));
  expect(merged.rows).toHaveLength(keptRows);
  expect(merged.rows[0]?.id).toBe(keptRows + 1);
  expect(merged.total).toBe(keptRows + 1);
});

test('what is being answered stands on top, until it has its row', () => {
  const running = row(null, { request_id: 'req_7', status: 'running' });
  expect(rowsOfView(view([row(1)], { running: [running] })).map(idOfLog)).toEqual(['req_7', 'req_1']);
  expect(rowsOfView(view([row(7), row(1)], { running: [running] })).map(({ id }) => id)).toEqual([7, 1]);
});

test('a row is found by its id and by its request id', () => {
  expect(isLog(row(7), '7')).toBe(true);
  expect(isLog(row(7), 'req_7')).toBe(true);
  expect(isLog(row(7), '8')).toBe(false);
  expect(addressOfLog(row(7))).toBe('req_7');
  expect(addressOfLog(row(7, { request_id: null }))).toBe('7');
  expect(addressOfLog(row(7, { request_id: 'of a proxy' }))).toBe('7');
  expect(addressOfLog(row(null))).toBeUndefined();
});

test('news are what came, and what failed meanwhile', () => {
  const before = statusesOf([row(1, { status: 'running' }), row(2, { status: 'failed' })]);
  const now = [
    row(1, { status: 'failed' }),
    row(2, { status: 'failed' }),
    row(3),
    row(4, { status: 'failed' }),
  ];
  expect(newsSince(before, now)).toEqual({ arrived: 2, failed: 2 });
});
