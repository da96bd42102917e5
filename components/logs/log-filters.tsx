'use client';

import { FlaskConicalOff } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { logSources, logStatuses } from '@/lib/admin-api/logs';
import type { FilterChip } from '../data-table/filter-chips';
import { FilterMenu } from '../data-table/filter-menu';
import type { TableControls } from '../data-table/use-table-state';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { clientSources, hidesTests, type LogListState, logTypes, rangeOf } from './log-list';
import { AccountFilter, KeyFilter, ModelFilter } from './pick-filter';
import { useChosenNames } from './queries';
import { RangeFilter, useSpanText } from './range-filter';

type Table = TableControls<LogListState>;

const usualCodes = [200, 201, 400, 401, 403, 404, 409, 413, 415, 424, 429, 499, 500, 502, 503, 504];

/** The filters beside the search box. */
export function LogFilters({ table }: { table: Table }) {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const { state, setFilters } = table;
  const codes = [...new Set([...usualCodes, ...state.code])].toSorted((one, other) => one - other);
  return (
    <>
      <FilterMenu
        label={t('columns.status')}
        options={logStatuses.map((value) => ({ value, label: t(`status.${value}`) }))}
        selected={state.status}
        onChange={(status) => setFilters({ status })}
      />
      <FilterMenu
        label={t('columns.type')}
        options={logTypes.map((value) => ({
          value,
          label: value === 'other' ? t('otherType') : common(`kind.${value}`),
        }))}
        selected={state.type}
        onChange={(type) => setFilters({ type })}
      />
      <ModelFilter
        label={t('columns.model')}
        searchLabel={t('searchModels')}
        selected={state.model}
        onChange={(model) => setFilters({ model })}
      />
      <AccountFilter
        label={t('columns.account')}
        searchLabel={t('searchAccounts')}
        selected={state.account}
        onChange={(account) => setFilters({ account })}
      />
      <KeyFilter
        label={t('columns.key')}
        searchLabel={t('searchKeys')}
        selected={state.key}
        onChange={(key) => setFilters({ key })}
      />
      <FilterMenu
        label={t('columns.source')}
        options={logSources.map((value) => ({ value, label: t(`source.${value}`) }))}
        selected={state.source}
        onChange={(source) => setFilters({ source })}
      />
      <FilterMenu
        label={t('columns.code')}
        options={codes.map((code) => ({ value: String(code), label: String(code) }))}
        selected={state.code.map(String)}
        onChange={(chosen) => setFilters({ code: chosen.map(Number) })}
      />
      <RangeFilter state={state} onChange={setFilters} />
      <DurationFilter table={table} />
      <Button
        variant="outline"
        className="px-3 font-normal aria-pressed:border-primary aria-pressed:bg-primary aria-pressed:text-on-primary max-md:justify-between"
        aria-pressed={hidesTests(state)}
        onClick={() => setFilters({ source: hidesTests(state) ? [] : clientSources })}
      >
        <FlaskConicalOff aria-hidden />
        {t('hideTests')}
      </Button>
    </>
  );
}

const typingPauseMs = 300;

function DurationFilter({ table }: { table: Table }) {
  const t = useTranslations('logs');
  const id = useId();
  const inAddress = table.state.min_duration === null ? '' : String(table.state.min_duration);
  const [text, setText] = useState(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => setText(inAddress), [inAddress]);
  return (
    <span className="flex items-center gap-2 text-sm">
      <label htmlFor={id} className="whitespace-nowrap">
        {t('minDuration')}
      </label>
      <Input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        className="w-20"
        value={text}
        onChange={(event) => {
          const typed = event.target.value
            .replace(',', '.')
            .replace(/[^\d.]/g, '')
            .slice(0, 9);
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            const least = Number(typed);
            table.setFilters({ min_duration: least > 0 ? Math.round(least * 1_000) / 1_000 : null });
          }, typingPauseMs);
        }}
      />
    </span>
  );
}

/** A chip for each filter that is on. A range of the usual ones shows itself on its button. */
export function useLogChips(table: Table): FilterChip[] {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const format = useFormat();
  const personal = usePersonal();
  const spanText = useSpanText();
  const { state, setFilters } = table;
  const { keyName, accountName } = useChosenNames(state);
  const chip = (name: string, value: string, onRemove: () => void): FilterChip => ({
    id: `${name} ${value}`,
    label: t('chip', { name, value }),
    onRemove,
  });
  const without = <Value,>(list: readonly Value[], value: Value) => list.filter((one) => one !== value);
  return [
    ...(state.q === '' ? [] : [chip(t('chipSearch'), personal.text(state.q), () => table.search(''))]),
    ...state.status.map((one) =>
      chip(t('columns.status'), t(`status.${one}`), () => setFilters({ status: without(state.status, one) })),
    ),
    ...state.type.map((one) =>
      chip(t('columns.type'), one === 'other' ? t('otherType') : common(`kind.${one}`), () =>
        setFilters({ type: without(state.type, one) }),
      ),
    ),
    ...state.model.map((one) =>
      chip(t('columns.model'), one, () => setFilters({ model: without(state.model, one) })),
    ),
    ...state.account.map((one) =>
      chip(t('columns.account'), nameOfAccount(accountName(one), personal.email), () =>
        setFilters({ account: without(state.account, one) }),
      ),
    ),
    ...state.key.map((one) =>
      chip(t('columns.key'), keyName(one), () => setFilters({ key: without(state.key, one) })),
    ),
    ...state.source.map((one) =>
      chip(t('columns.source'), t(`source.${one}`), () => setFilters({ source: without(state.source, one) })),
    ),
    ...state.code.map((one) =>
      chip(t('columns.code'), String(one), () => setFilters({ code: without(state.code, one) })),
    ),
    ...(state.min_duration === null
      ? []
      : [
          chip(t('columns.duration'), `≥ ${format.duration(state.min_duration * 1_000)}`, () =>
            setFilters({ min_duration: null }),
          ),
        ]),
    ...(rangeOf(state) === 'custom'
      ? [chip(t('range.name'), spanText(state), () => setFilters({ range: '24h', from: null, to: null }))]
      : []),
  ];
}

const nameOfAccount = (name: string, mask: (email: string) => string) =>
  name.includes('@') ? mask(name) : name;
