'use client';

import { Ban, CircleCheck, CircleX, Clock, Film, History, ImageIcon, LoaderCircle } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundRunRow } from '@/lib/admin-api/playground';
import { PastTime } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { Badge, type Tone } from '../ui/badge';
import { EmptyState } from '../ui/empty-state';

const looks = {
  queued: { icon: Clock, tone: 'neutral' },
  running: { icon: LoaderCircle, tone: 'running' },
  completed: { icon: CircleCheck, tone: 'success' },
  failed: { icon: CircleX, tone: 'danger' },
  cancelled: { icon: Ban, tone: 'neutral' },
} as const satisfies Record<PlaygroundRunRow['state'], { icon: typeof Clock; tone: Tone }>;

/** The state of a run: icon, word and colour. */
export function RunBadge({ state }: { state: PlaygroundRunRow['state'] }) {
  const common = useTranslations('common');
  return <Badge {...looks[state]} label={common(`requestState.${state}`)} spins={state === 'running'} />;
}

type HistoryTabProps = {
  items: readonly PlaygroundRunRow[];
  shownId: string | null;
  onShow: (id: string) => void;
};

/** The last runs; choosing one shows it. */
export function HistoryTab({ items, shownId, onShow }: HistoryTabProps) {
  const t = useTranslations('playground');
  if (items.length === 0) {
    return (
      <EmptyState icon={History} title={t('noHistory')}>
        {t('noHistoryHint')}
      </EmptyState>
    );
  }
  return (
    <ul aria-label={t('historyTitle')} className="grid grid-cols-1 gap-2 lg:grid-cols-2">
      {items.map((run) => (
        <HistoryItem key={run.id} run={run} isShown={run.id === shownId} onShow={() => onShow(run.id)} />
      ))}
    </ul>
  );
}

type HistoryItemProps = { run: PlaygroundRunRow; isShown: boolean; onShow: () => void };

function HistoryItem({ run, isShown, onShow }: HistoryItemProps) {
  const t = useTranslations('playground');
  const prompt = usePersonal().text(run.prompt);
  const preview = run.media?.preview_url ?? null;
  const Icon = run.kind === 'video' ? Film : ImageIcon;
  return (
    <li className="relative flex min-w-0 gap-3 rounded-md border border-border p-2 hover:bg-muted">
      {preview === null ? (
        <span className="grid size-16 shrink-0 place-items-center rounded-md bg-muted text-secondary">
          <Icon aria-hidden className="size-5" />
          <span className="sr-only">{t('noPreview')}</span>
        </span>
      ) : (
        // biome-ignore lint/performance/noImgElement: served by our own route, nothing is resized by Next
        <img
          src={preview}
          alt=""
          loading="lazy"
          className="size-16 shrink-0 rounded-md bg-muted object-cover"
        />
      )}
      <div className="grid min-w-0 flex-1 content-start gap-0.5">
        <button
          type="button"
          className="line-clamp-2 break-words text-left after:absolute after:inset-0"
          aria-current={isShown || undefined}
          onClick={onShow}
        >
          <span className="sr-only">{t('showThisRun')}: </span>
          {prompt}
        </button>
        <span className="truncate font-mono text-secondary text-xs">{run.model}</span>
        <span className="flex flex-wrap items-center gap-2 text-secondary text-xs">
          <RunBadge state={run.state} />
          {run.outputs > 1 && t('outputCount', { count: run.outputs })}
          <span className="relative">
            <PastTime at={run.created_at} />
          </span>
        </span>
      </div>
    </li>
  );
}
