'use client';

import { useMemo } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyRow } from '@/lib/admin-api/keys';
import { PastTime } from '../clock/time';
import type { DataColumn } from '../data-table/columns';
import { KeyActions, type KeyDialog } from './key-actions';
import { Expires, KeyHint, KeyLimits, KeyModels, KeyToday, LastUsed } from './key-cells';
import { KeyStatusBadge } from './key-status';

/** The columns of the list of keys. `onDialog` must stay the same function. */
export function useKeyColumns(onDialog: (dialog: KeyDialog, row: KeyRow) => void): DataColumn<KeyRow>[] {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('columns.name'),
        cell: (row) => (
          <span className="block break-words font-medium md:min-w-24 md:max-w-52">{row.name}</span>
        ),
        sort: 'name',
        isHideable: false,
        card: 'title',
      },
      { id: 'key', header: t('columns.key'), cell: (row) => <KeyHint row={row} />, card: 'wide' },
      {
        id: 'status',
        header: t('columns.status'),
        cell: (row) => <KeyStatusBadge status={row.status} />,
        card: 'status',
      },
      { id: 'models', header: t('columns.models'), cell: (row) => <KeyModels row={row} /> },
      { id: 'limits', header: t('columns.limits'), cell: (row) => <KeyLimits row={row} /> },
      { id: 'today', header: t('columns.today'), cell: (row) => <KeyToday row={row} />, card: 'value' },
      {
        id: 'last_used',
        header: t('columns.lastUsed'),
        cell: (row) => <LastUsed at={row.last_used_at} />,
        sort: 'last_used_at',
        isSortedDownFirst: true,
        card: 'value',
      },
      {
        id: 'expires',
        header: t('columns.expires'),
        cell: (row) => <Expires at={row.expires_at} />,
        sort: 'expires_at',
        card: 'value',
      },
      {
        id: 'created',
        header: t('columns.created'),
        cell: (row) => <PastTime at={row.created_at} />,
        sort: 'created_at',
        isSortedDownFirst: true,
      },
      {
        id: 'actions',
        header: tc('table.actions'),
        cell: (row) => <KeyActions row={row} onDialog={onDialog} />,
        isHideable: false,
        className: 'md:w-14 md:text-right',
      },
    ],
    [t, tc, onDialog],
  );
}
