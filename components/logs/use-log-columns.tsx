'use client';

import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { Missing, PastTime } from '../clock/time';
import type { DataColumn } from '../data-table/columns';
import {
  AccountCell,
  CreditsCell,
  DurationCell,
  KeyCell,
  LogActions,
  ModelCell,
  ProgressCell,
  PromptCell,
  RequestIdCell,
  ResultCell,
  TypeCell,
} from './log-cells';
import { LogStatus } from './log-status';
import { attemptsOf } from './split';

/** The columns of the request log. `onOpen` must stay the same function. */
export function useLogColumns(onOpen: (row: LogRow) => void): DataColumn<LogRow>[] {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  return useMemo(
    () => [
      {
        id: 'time',
        header: t('columns.time'),
        cell: (row) => <PastTime at={row.at} />,
        sort: 'at',
        isSortedDownFirst: true,
        isHideable: false,
        card: 'value',
      },
      { id: 'status', header: t('columns.status'), cell: (row) => <LogStatus row={row} />, card: 'status' },
      { id: 'type', header: t('columns.type'), cell: (row) => <TypeCell row={row} /> },
      {
        id: 'model',
        header: t('columns.model'),
        cell: (row) => <ModelCell row={row} onOpen={onOpen} />,
        isHideable: false,
        card: 'title',
      },
      {
        id: 'account',
        header: t('columns.account'),
        cell: (row) => <AccountCell row={row} />,
        card: 'value',
      },
      { id: 'key', header: t('columns.key'), cell: (row) => <KeyCell row={row} /> },
      {
        id: 'duration',
        header: t('columns.duration'),
        cell: (row) => <DurationCell row={row} />,
        isNumeric: true,
        sort: 'duration',
        isSortedDownFirst: true,
        card: 'value',
      },
      { id: 'progress', header: t('columns.progress'), cell: (row) => <ProgressCell row={row} /> },
      {
        id: 'credits',
        header: t('columns.credits'),
        cell: (row) => <CreditsCell row={row} />,
        isNumeric: true,
      },
      { id: 'result', header: t('columns.result'), cell: (row) => <ResultCell row={row} />, card: 'wide' },
      {
        id: 'request_id',
        header: common('requestId'),
        cell: (row) => <RequestIdCell row={row} />,
        isHiddenAtFirst: true,
      },
      {
        id: 'attempts',
        header: t('columns.attempts'),
        cell: (row) => (row.job === null ? <Missing /> : attemptsOf(row.job)),
        isNumeric: true,
        isHiddenAtFirst: true,
      },
      {
        id: 'source',
        header: t('columns.source'),
        cell: (row) => (row.source === null ? <Missing /> : t(`source.${row.source}`)),
        isHiddenAtFirst: true,
      },
      {
        id: 'prompt',
        header: t('columns.prompt'),
        cell: (row) => <PromptCell row={row} />,
        isHiddenAtFirst: true,
      },
      {
        id: 'project',
        header: t('columns.project'),
        cell: (row) =>
          row.job === null || row.job.project_id === null ? (
            <Missing />
          ) : (
            <code className="font-mono text-xs" title={row.job.project_id}>
              {row.job.project_id.slice(0, 8)}
            </code>
          ),
        isHiddenAtFirst: true,
      },
      {
        id: 'actions',
        header: common('table.actions'),
        cell: (row) => <LogActions row={row} onOpen={onOpen} />,
        isHideable: false,
        className: 'md:w-14 md:text-right',
      },
    ],
    [t, common, onOpen],
  );
}
