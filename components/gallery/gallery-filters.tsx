'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { logSources } from '@/lib/admin-api/logs';
import type { MediaItemView } from '@/lib/admin-api/media';
import type { FilterChip } from '../data-table/filter-chips';
import { FilterMenu } from '../data-table/filter-menu';
import type { TableControls } from '../data-table/use-table-state';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Select, SelectContent, SelectItem, SelectTrigger } from '../ui/select';
import { ChoiceFilter } from './choice-filter';
import { type MediaListState, mediaKinds, mediaSorts, sortOf } from './media-list';
import { useAccountChoices, useKeyChoices, useModelChoices } from './queries';
import { RangeFilter } from './range-filter';

type Table = TableControls<MediaListState>;

const keptValues = ['yes', 'no'] as const;

/** The filters beside the search box, and the order. */
export function GalleryFilters({ table }: { table: Table }) {
  const t = useTranslations('gallery');
  const common = useTranslations('common');
  const personal = usePersonal();
  const { state, setFilters } = table;
  return (
    <>
      <FilterMenu
        label={t('filter.type')}
        options={mediaKinds.map((value) => ({ value, label: common(`kind.${value}`) }))}
        selected={state.type}
        onChange={(type) => setFilters({ type })}
      />
      <ChoiceFilter
        label={t('filter.model')}
        selected={state.model}
        onChange={(model) => setFilters({ model })}
        useChoices={useModelChoices}
        takesText
      />
      <ChoiceFilter
        label={t('filter.account')}
        selected={state.account}
        onChange={(account) => setFilters({ account })}
        useChoices={useAccountChoices}
        show={personal.email}
        isSearched
      />
      <ChoiceFilter
        label={t('filter.key')}
        selected={state.key}
        onChange={(key) => setFilters({ key })}
        useChoices={useKeyChoices}
        isSearched
      />
      <FilterMenu
        label={t('filter.source')}
        options={logSources.map((value) => ({ value, label: t(`sources.${value}`) }))}
        selected={state.source}
        onChange={(source) => setFilters({ source })}
      />
      <FilterMenu
        label={t('filter.kept')}
        options={keptValues.map((value) => ({ value, label: t(`keptIs.${value}`) }))}
        selected={keptValues.filter((value) => value === state.kept)}
        // Both together are all: the last one that was chosen counts.
        onChange={(chosen) => setFilters({ kept: chosen.find((value) => value !== state.kept) ?? 'any' })}
      />
      <RangeFilter span={state} onChange={setFilters} />
      <Select value={sortOf(state)} onValueChange={table.setSort}>
        <SelectTrigger aria-label={t('sort.label')} className="md:w-40" />
        <SelectContent>
          {mediaSorts.map((sort) => (
            <SelectItem key={sort} value={sort}>
              {t(`sort.${sort}`)}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </>
  );
}

/** A chip for each filter that is on. Of accounts and keys the address has ids; the shown results know their names. */
export function useGalleryChips(table: Table, items: readonly MediaItemView[]): FilterChip[] {
  const t = useTranslations('gallery');
  const common = useTranslations('common');
  const format = useFormat();
  const personal = usePersonal();
  const { state, setFilters } = table;
  const { q, type, model, account, key, source, kept, range, since, until } = state;
  const chip = (
    name: 'type' | 'model' | 'account' | 'key' | 'source' | 'kept' | 'range' | 'q',
    value: string,
    onRemove: () => void,
    id: string = value,
  ): FilterChip => ({
    id: `${name} ${id}`,
    label: t('filter.chip', { name: t(`filter.${name}`), value }),
    onRemove,
  });
  const without = <Value extends string>(all: readonly Value[], one: Value) =>
    all.filter((value) => value !== one);
  const emailOf = (id: string) =>
    id.includes('@') ? id : (items.find(({ account_id }) => account_id === id)?.account_email ?? undefined);
  const date = (at: string) => format.dayTime(new Date(at));
  const spanText = () => {
    if (range !== 'custom' || since === null) return t(`ranges.${range}`);
    return until === null
      ? t('ranges.since', { since: date(since) })
      : t('ranges.span', { since: date(since), until: date(until) });
  };
  return [
    ...(q === '' ? [] : [chip('q', q, () => table.search(''))]),
    ...type.map((one) =>
      chip('type', common(`kind.${one}`), () => setFilters({ type: without(type, one) }), one),
    ),
    ...model.map((one) => chip('model', one, () => setFilters({ model: without(model, one) }))),
    ...account.map((one) => {
      const email = emailOf(one);
      const shown = email === undefined ? one : personal.email(email);
      return chip('account', shown, () => setFilters({ account: without(account, one) }), one);
    }),
    ...key.map((one) => {
      const name = items.find((item) => item.key?.id === one)?.key?.name ?? one;
      return chip('key', name, () => setFilters({ key: without(key, one) }), one);
    }),
    ...source.map((one) =>
      chip('source', t(`sources.${one}`), () => setFilters({ source: without(source, one) }), one),
    ),
    ...(kept === 'any' ? [] : [chip('kept', t(`keptIs.${kept}`), () => setFilters({ kept: 'any' }))]),
    ...(range === 'all'
      ? []
      : [chip('range', spanText(), () => setFilters({ range: 'all', since: null, until: null }))]),
  ];
}
