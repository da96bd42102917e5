'use client';

import { KeyRound, Plus } from 'lucide-react';
import { createParser, useQueryState } from 'nuqs';
import { useCallback, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { type KeyList, type KeyRow, type KeyWithValue, keyStatuses } from '@/lib/admin-api/keys';
import { DataTable } from '../data-table/data-table';
import type { FilterChip } from '../data-table/filter-chips';
import { FilterMenu } from '../data-table/filter-menu';
import { useTableState } from '../data-table/use-table-state';
import { PageTitle } from '../shell/page-title';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { DeleteKeyDialog } from './delete-key-dialog';
import type { KeyDialog } from './key-actions';
import { CreateKeyDialog, EditKeyDialog } from './key-form-dialog';
import { type KeyListState, keyList, type ModelChoice } from './key-list';
import { useKeys } from './queries';
import { RotateKeyDialog } from './rotate-key-dialog';
import { SaveKeyDialog } from './save-key-dialog';
import { useKeyColumns } from './use-key-columns';

type KeysPanelProps = {
  /** What the server rendered, and for which address. */
  initial: { state: KeyListState; list: KeyList };
  models: ModelChoice[];
  /** What addresses of this gateway begin with. */
  origin: string;
};

const idOf = (row: KeyRow) => row.id;
const labelOf = (row: KeyRow) => row.name;

/** The API keys page. */
export function KeysPanel({ initial, models, origin }: KeysPanelProps) {
  const t = useTranslations('keys');
  const format = useFormat();
  const table = useTableState(keyList);
  const isInitial = table.key === JSON.stringify(initial.state);
  const query = useKeys(table.state, isInitial ? initial.list : undefined);
  const list = query.data ?? initial.list;
  const isAnswer = query.data !== undefined && !query.isPlaceholderData;
  const [isCreating, setIsCreating] = useQueryState('create', asFlag);
  const [opened, setOpened] = useState<{ dialog: KeyDialog; row: KeyRow }>();
  // The only place that holds a value; closing the dialog forgets it.
  const [created, setCreated] = useState<KeyWithValue>();
  const open = useCallback((dialog: KeyDialog, row: KeyRow) => setOpened({ dialog, row }), []);
  const columns = useKeyColumns(open);
  const { status } = table.state;
  const chips = status.map(
    (one): FilterChip => ({
      id: one,
      label: t('statusChip', { status: t(`status.${one}`) }),
      onRemove: () => table.setFilters({ status: status.filter((other) => other !== one) }),
    }),
  );
  const create = (
    <Button onClick={() => void setIsCreating(true)}>
      <Plus aria-hidden />
      {t('create')}
    </Button>
  );
  const close = () => setOpened(undefined);
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageTitle title={t('title')}>{create}</PageTitle>
      <DataTable
        name={t('title')}
        tableId="keys"
        columns={columns}
        rows={list.items}
        total={list.total}
        isTotalCapped={list.total_is_capped}
        idOf={idOf}
        labelOf={labelOf}
        table={table}
        query={query}
        isAnswer={isAnswer}
        countText={(total) => t('count', { count: total, shown: format.count(total) })}
        search={{ label: t('search'), placeholder: t('searchHint') }}
        filters={
          <FilterMenu
            label={t('columns.status')}
            options={keyStatuses.map((value) => ({
              value,
              label: t(`status.${value}`),
              count: list.status_counts[value],
            }))}
            selected={status}
            onChange={(chosen) => table.setFilters({ status: chosen })}
          />
        }
        chips={chips}
        noMatch={t('noMatch')}
        empty={
          <EmptyState icon={KeyRound} title={t('empty.title')} action={create}>
            {t('empty.text')}
          </EmptyState>
        }
      />
      <CreateKeyDialog
        isOpen={isCreating}
        onClose={() => void setIsCreating(null)}
        models={models}
        onCreated={setCreated}
      />
      {opened !== undefined && (
        <>
          <EditKeyDialog isOpen={opened.dialog === 'edit'} onClose={close} models={models} row={opened.row} />
          <RotateKeyDialog
            isOpen={opened.dialog === 'rotate'}
            onClose={close}
            row={opened.row}
            onRotated={setCreated}
          />
          <DeleteKeyDialog isOpen={opened.dialog === 'delete'} onClose={close} row={opened.row} />
        </>
      )}
      {created !== undefined && (
        <SaveKeyDialog
          created={created}
          origin={origin}
          models={models}
          onClose={() => setCreated(undefined)}
        />
      )}
    </div>
  );
}

/** `create=1` opens the dialog from elsewhere: the palette, the checklist. */
const asFlag = createParser<boolean>({
  parse: (text) => (text === '1' ? true : null),
  serialize: () => '1',
}).withDefault(false);
