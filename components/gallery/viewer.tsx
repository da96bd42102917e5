'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import type * as React from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import type { MediaItemView } from '@/lib/admin-api/media';
import { neighbours } from '../accounts/neighbours';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import { Notice } from '../ui/notice';
import { Skeleton } from '../ui/skeleton';
import { useMediaDetail } from './queries';
import { ViewerActions } from './viewer-actions';
import { ViewerFacts } from './viewer-facts';
import { ViewerPrompt } from './viewer-prompt';
import { ViewerStage } from './viewer-stage';

type ViewerProps = {
  id: string;
  /** The results of the page, through which its arrows lead. */
  items: readonly MediaItemView[];
  /** What addresses of files begin with. */
  origin: string;
  onMove: (id: string) => void;
  onClose: () => void;
  onKeep: (item: Pick<MediaItemView, 'id' | 'kept'>) => void;
  keepError: Error | null;
};

/** Where arrow keys have a meaning of their own. */
const ownArrows = 'input, textarea, select, video, [role="region"], [role="menu"]';

/** One result, as large as the window lets it be, with how it was made. */
export function Viewer({ id, items, origin, onMove, onClose, onKeep, keepError }: ViewerProps) {
  const t = useTranslations('gallery.viewer');
  const { data, error, refetch } = useMediaDetail(id);
  // What the list has is shown at once; details follow.
  const item = data ?? items.find((one) => one.id === id);
  const ids = items.map((one) => one.id);
  const { previous, next } = neighbours(ids, id);
  const place = ids.indexOf(id) + 1;
  const isGone = error instanceof AdminApiError && error.status === 404;
  const move = (target: string | undefined) => target !== undefined && onMove(target);
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const isInside = event.currentTarget.contains(event.target as Node); // not in a dialog above this one
    const isOwn = event.target instanceof Element && event.target.closest(ownArrows) !== null;
    if (!isPlain || !isInside || isOwn) return;
    if (event.key === 'ArrowLeft') move(previous);
    else if (event.key === 'ArrowRight') move(next);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title={t(`title.${item?.kind ?? 'image'}`, { id })}
        onKeyDown={onKeyDown}
        // "Undo" is in a message beside the dialog.
        onInteractOutside={(event) => {
          const { target } = event.detail.originalEvent;
          if (target instanceof Element && target.closest('[data-sonner-toaster]') !== null)
            event.preventDefault();
        }}
        className="inset-0 h-dvh max-h-dvh rounded-none border-0 sm:h-[calc(100dvh-32px)] sm:max-w-[min(1600px,calc(100vw-32px))] sm:rounded-lg sm:border"
      >
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:flex-row lg:overflow-hidden">
          <div className="flex min-h-[50dvh] min-w-0 flex-1 flex-col bg-muted max-lg:shrink-0 lg:min-h-0">
            {item === undefined ? (
              error === null && <Skeleton className="m-4 min-h-0 flex-1" />
            ) : (
              <ViewerStage key={id} item={item} />
            )}
            <div className="flex items-center justify-center gap-2 border-border border-t bg-card p-1">
              <Button
                variant="ghost"
                size="icon"
                aria-label={t('previous')}
                // Not `disabled`: the focus would be lost at the end of the page.
                aria-disabled={previous === undefined}
                onClick={() => move(previous)}
              >
                <ChevronLeft aria-hidden />
              </Button>
              <p aria-live="polite" className="min-w-32 text-center text-secondary text-sm tabular-nums">
                {place > 0 && t('place', { place, total: items.length })}
              </p>
              <Button
                variant="ghost"
                size="icon"
                aria-label={t('next')}
                aria-disabled={next === undefined}
                onClick={() => move(next)}
              >
                <ChevronRight aria-hidden />
              </Button>
            </div>
          </div>
          <div
            className="grid content-start gap-4 border-border p-4 max-lg:border-t lg:w-96 lg:overflow-y-auto lg:border-l"
            aria-busy={data === undefined && error === null}
          >
            {error !== null && (
              <Notice tone="danger" role="alert">
                {isGone ? t('gone') : <QueryProblem error={error} onRetry={() => void refetch()} />}
              </Notice>
            )}
            {keepError !== null && (
              <Notice tone="danger" role="alert">
                <QueryProblem error={keepError} onRetry={() => item !== undefined && onKeep(item)} />
              </Notice>
            )}
            {item !== undefined && !isGone && (
              <>
                <ViewerActions
                  item={item}
                  detail={data}
                  origin={origin}
                  onKeep={onKeep}
                  onDeleted={() => {
                    const target = next ?? previous;
                    if (target === undefined) onClose();
                    else onMove(target);
                  }}
                />
                <ViewerPrompt prompt={data?.job?.prompt ?? item.prompt} />
                <ViewerFacts item={item} detail={data} onOpen={onMove} />
              </>
            )}
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}
