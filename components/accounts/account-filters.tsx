'use client';

import { useEffect, useId, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { FilterChip } from '../data-table/filter-chips';
import { FilterMenu } from '../data-table/filter-menu';
import type { TableControls } from '../data-table/use-table-state';
import { useFormat } from '../shell/use-format';
import { Input } from '../ui/input';
import { type AccountListState, tiers } from './account-list';

type Table = TableControls<AccountListState>;

const onOff = ['on', 'off'] as const;
const switches = ['image', 'video'] as const;

/** The filters beside the search box. */
export function AccountFilters({ table }: { table: Table }) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  return (
    <>
      <FilterMenu
        label={t('column.tier')}
        options={tiers.map((value) => ({ value, label: t(`tier.${value}`) }))}
        selected={table.state.tier}
        onChange={(tier) => table.setFilters({ tier })}
      />
      {switches.map((kind) => (
        <FilterMenu
          key={kind}
          label={t(kind === 'image' ? 'images' : 'videos')}
          options={onOff.map((value) => ({ value, label: common(value) }))}
          selected={onOff.filter((value) => value === table.state[kind])}
          // Both together are all: the last one that was chosen counts.
          onChange={(chosen) =>
            table.setFilters({ [kind]: chosen.find((value) => value !== table.state[kind]) ?? 'any' })
          }
        />
      ))}
      <CreditsFilter table={table} />
    </>
  );
}

const typingPauseMs = 300;

function CreditsFilter({ table }: { table: Table }) {
  const t = useTranslations('accounts');
  const id = useId();
  const inAddress = table.state.credits_lt === null ? '' : String(table.state.credits_lt);
  const [text, setText] = useState(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => setText(inAddress), [inAddress]);
  return (
    <span className="flex items-center gap-2 text-sm">
      <label htmlFor={id} className="whitespace-nowrap">
        {t('creditsBelow')}
      </label>
      <Input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        className="w-20"
        value={text}
        onChange={(event) => {
          const typed = event.target.value.replace(/\D/g, '').slice(0, 7);
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(
            () => table.setFilters({ credits_lt: typed === '' ? null : Number(typed) }),
            typingPauseMs,
          );
        }}
      />
    </span>
  );
}

/** A chip for each filter that is on, beside the health chips, which show themselves. */
export function useAccountChips(table: Table): FilterChip[] {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const format = useFormat();
  const { health, tier, image, video, credits_lt: creditsBelow, q } = table.state;
  const chip = (id: string, label: string, onRemove: () => void): FilterChip => ({ id, label, onRemove });
  return [
    ...(q === '' ? [] : [chip('q', t('filter.search', { text: q }), () => table.search(''))]),
    ...health.map((state) =>
      chip(`health ${state}`, t('filter.health', { state: common(`health.${state}`) }), () =>
        table.setFilters({ health: health.filter((one) => one !== state) }),
      ),
    ),
    ...tier.map((name) =>
      chip(`tier ${name}`, t('filter.tier', { tier: t(`tier.${name}`) }), () =>
        table.setFilters({ tier: tier.filter((one) => one !== name) }),
      ),
    ),
    ...(image === 'any'
      ? []
      : [
          chip('image', t('filter.images', { value: common(image) }), () =>
            table.setFilters({ image: 'any' }),
          ),
        ]),
    ...(video === 'any'
      ? []
      : [
          chip('video', t('filter.videos', { value: common(video) }), () =>
            table.setFilters({ video: 'any' }),
          ),
        ]),
    ...(creditsBelow === null
      ? []
      : [
          chip('credits', t('filter.credits', { count: format.count(creditsBelow) }), () =>
            table.setFilters({ credits_lt: null }),
          ),
        ]),
  ];
}
