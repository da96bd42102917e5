'use client';

import { EllipsisVertical, Film, FlaskConical, ImageIcon, PanelRight, UserRound } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import type { LogRow } from '@/lib/admin-api/logs';
import { Elapsed, Missing } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { Progress } from '../ui/progress';
import { Tooltip } from '../ui/tooltip';
import { playgroundHref } from './curl';
import { addressOfLog } from './live-merge';
import { useMeaning } from './log-error';
import { splitOf } from './split';

type Cell = { row: LogRow };

/** The title of a row: it opens the details. */
export function ModelCell({ row, onOpen }: Cell & { onOpen: (row: LogRow) => void }) {
  const t = useTranslations('logs');
  const name = row.model ?? row.path ?? t('unknownModel');
  if (addressOfLog(row) === undefined) return <span className="wrap-anywhere font-medium">{name}</span>;
  return (
    <button
      type="button"
      onClick={() => onOpen(row)}
      className="wrap-anywhere inline-flex min-h-11 items-center text-left font-medium hover:underline md:min-h-6 md:min-w-32"
    >
      {name}
      {row.side_request !== null && <span className="font-normal text-secondary"> · {t('sideRequest')}</span>}
    </button>
  );
}

export function TypeCell({ row }: Cell) {
  const t = useTranslations('common.kind');
  if (row.job === null) return <Missing />;
  const Icon = row.job.kind === 'video' ? Film : ImageIcon;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon aria-hidden className="size-4 text-secondary" />
      {t(row.job.kind)}
      {row.job.count > 1 && <span className="text-secondary">× {row.job.count}</span>}
    </span>
  );
}

export function AccountCell({ row }: Cell) {
  const personal = usePersonal();
  if (row.job === null || row.job.account_email === null) return <Missing />;
  return (
    <span
      className="wrap-anywhere block md:max-w-48 md:truncate"
      title={personal.email(row.job.account_email)}
    >
      {personal.email(row.job.account_email)}
    </span>
  );
}

export function KeyCell({ row }: Cell) {
  const t = useTranslations('logs');
  if (row.key === null) return <Missing />;
  return (
    <span className="wrap-anywhere block md:max-w-36 md:truncate">{row.key.name ?? t('removedKey')}</span>
  );
}

/** How long it took, split into waiting and making. */
export function DurationCell({ row }: Cell) {
  const t = useTranslations('logs');
  const format = useFormat();
  const split = splitOf(row);
  if (row.status === 'running') return <Elapsed from={row.at} to={null} />;
  const text = <span className="whitespace-nowrap">{format.duration(row.duration_ms)}</span>;
  if (split === undefined) return text;
  const words = t('split', {
    queue: format.duration(split.queueMs),
    generation: format.duration(split.generationMs),
  });
  return (
    <Tooltip text={words}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its tooltip is for the keyboard too */}
      <span tabIndex={0} className="inline-grid gap-0.5 md:min-w-20">
        {text}
        <span className="sr-only">{words}</span>
        <span aria-hidden className="flex h-1 overflow-hidden rounded-full bg-border">
          <span
            className="bg-[repeating-linear-gradient(90deg,var(--color-warning)_0_2px,transparent_2px_4px)]"
            style={{ width: `${split.queueShare * 100}%` }}
          />
          <span className="flex-1 bg-primary" />
        </span>
      </span>
    </Tooltip>
  );
}

const steps = [
  'queued',
  'account_selected',
  'uploading',
  'submitting',
  'generating',
  'concatenating',
  'upscaling',
  'saving',
  'completed',
] as const;

/** A step of a job in the reader's words; one that has none is shown as it is. */
export function useStepName(): (name: string) => string {
  const t = useTranslations('common.step');
  return (name) => {
    const known = steps.find((one) => one === name);
    return known === undefined ? name : t(known);
  };
}

/** How far a running one is. */
export function ProgressCell({ row }: Cell) {
  const t = useTranslations('logs');
  const stepName = useStepName();
  if (row.status !== 'running' || row.job === null) return <Missing />;
  const { progress, step } = row.job;
  return (
    <span className="grid gap-0.5">
      <span className="whitespace-nowrap text-xs">
        {stepName(step ?? 'queued')}
        {progress !== null && <span className="tabular-nums"> {progress} %</span>}
      </span>
      {progress !== null && (
        <Progress
          label={t('progressOf', { name: row.request_id ?? row.job.id })}
          value={progress}
          tone="running"
          className="h-1.5 w-20"
        />
      )}
    </span>
  );
}

export function CreditsCell({ row }: Cell) {
  const format = useFormat();
  return row.job === null ? <Missing /> : format.count(row.job.credits);
}

const shownFiles = 2;

/** What came out: small pictures, or why nothing did. */
export function ResultCell({ row }: Cell) {
  const t = useTranslations('logs');
  const meaning = useMeaning();
  const media = row.job?.media ?? [];
  if (row.error !== null) {
    const text = meaning(row.error.code)?.what ?? row.error.message ?? row.error.code;
    return <span className="line-clamp-2 text-danger text-xs md:max-w-72 md:min-w-40">{text}</span>;
  }
  if (media.length === 0) return <Missing />;
  const files = media.slice(0, shownFiles);
  return (
    <span className="flex items-center gap-1">
      {files.map((file) =>
        file.preview_url === null ? (
          <span
            key={file.id}
            className="inline-flex size-8 items-center justify-center rounded-sm border border-border bg-muted"
          >
            {file.kind === 'video' ? (
              <Film aria-label={t('videoFile')} className="size-4 text-secondary" />
            ) : (
              <ImageIcon aria-label={t('imageFile')} className="size-4 text-secondary" />
            )}
          </span>
        ) : (
          // biome-ignore lint/performance/noImgElement: a small picture of our own route
          <img
            key={file.id}
            src={file.preview_url}
            alt={t(file.kind === 'video' ? 'videoFile' : 'imageFile')}
            loading="lazy"
            width={32}
            height={32}
            className="size-8 rounded-sm border border-border bg-muted object-cover"
          />
        ),
      )}
      {media.length > shownFiles && (
        <span className="text-secondary text-xs tabular-nums">+{media.length - shownFiles}</span>
      )}
    </span>
  );
}

export function RequestIdCell({ row }: Cell) {
  const t = useTranslations('common');
  if (row.request_id === null) return <Missing />;
  return (
    <span className="flex items-center gap-1">
      <code className="whitespace-nowrap font-mono text-xs" title={row.request_id}>
        {middleCut(row.request_id)}
      </code>
      <CopyButton isSmall text={row.request_id} label={t('copyRequestId')} />
    </span>
  );
}

const middleCut = (id: string) => (id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`);

export function PromptCell({ row }: Cell) {
  const personal = usePersonal();
  const prompt = row.job?.prompt ?? '';
  if (prompt === '') return <Missing />;
  return (
    <span className="wrap-anywhere line-clamp-2 md:max-w-80 md:min-w-48" title={personal.text(prompt)}>
      {personal.text(prompt)}
    </span>
  );
}

/** The menu of one row. */
export function LogActions({ row, onOpen }: Cell & { onOpen: (row: LogRow) => void }) {
  const t = useTranslations('logs');
  const common = useTranslations('common');
  const name = row.request_id ?? (row.id === null ? (row.job?.id ?? '') : String(row.id));
  const accountId = row.job?.account_id ?? null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="iconSmall" aria-label={common('table.actionsFor', { name })}>
          <EllipsisVertical aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {addressOfLog(row) !== undefined && (
          <DropdownMenuItem onSelect={() => onOpen(row)}>
            <PanelRight aria-hidden />
            {t('openDetails')}
          </DropdownMenuItem>
        )}
        {row.job !== null && (
          <DropdownMenuItem asChild>
            <Link href={playgroundHref({ model: row.model, prompt: row.job.prompt, request_body: null })}>
              <FlaskConical aria-hidden />
              {t('openInPlayground')}
            </Link>
          </DropdownMenuItem>
        )}
        {accountId !== null && (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem asChild>
              <Link href={`/admin/accounts?account=${encodeURIComponent(accountId)}`}>
                <UserRound aria-hidden />
                {t('openAccount')}
              </Link>
            </DropdownMenuItem>
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
