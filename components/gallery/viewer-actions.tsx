'use client';

import { Bookmark, BookmarkX, Download, ExternalLink, FlaskConical, ScrollText, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaDetail, MediaItemView } from '@/lib/admin-api/media';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { useDeleteMedia } from './queries';
import { reuseHref } from './reuse-link';

type ViewerActionsProps = {
  item: MediaItemView;
  /** Once it has come. */
  detail: MediaDetail | undefined;
  origin: string;
  onKeep: (item: Pick<MediaItemView, 'id' | 'kept'>) => void;
  onDeleted: () => void;
};

/** What can be done with one result. */
export function ViewerActions({ item, detail, origin, onKeep, onDeleted }: ViewerActionsProps) {
  const t = useTranslations('gallery');
  const remove = useDeleteMedia();
  const [isAsked, setIsAsked] = useState(false);
  const reuse = detail === undefined ? undefined : reuseHref(detail);
  const close = () => {
    setIsAsked(false);
    remove.reset();
  };
  const send = () =>
    remove.mutate(item.id, {
      onSuccess: () => {
        close();
        toast.success(t('delete.done'));
        onDeleted();
      },
    });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        {item.url !== null && (
          <>
            {item.state === 'upstream' ? (
              <Button asChild variant="outline">
                <a href={item.url} target="_blank" rel="noreferrer">
                  <ExternalLink aria-hidden />
                  {t('viewer.openFile')}
                </a>
              </Button>
            ) : (
              <Button asChild>
                <a href={`${item.url}?download`} download>
                  <Download aria-hidden />
                  {t('viewer.download')}
                </a>
              </Button>
            )}
            <CopyButton text={`${origin}${item.url}`} label={t('viewer.copyUrl')} />
          </>
        )}
        {(item.state === 'stored' || item.kept) && (
          <Button variant="outline" onClick={() => onKeep(item)}>
            {item.kept ? <BookmarkX aria-hidden /> : <Bookmark aria-hidden />}
            {t(item.kept ? 'keep.unkeep' : 'keep.keep')}
          </Button>
        )}
        {reuse !== undefined && (
          <Button asChild variant="outline">
            <Link href={reuse}>
              <FlaskConical aria-hidden />
              {t('viewer.reuse')}
            </Link>
          </Button>
        )}
        {item.log_id !== null && (
          <Button asChild variant="outline">
            <Link href={`/admin/logs?log=${item.log_id}`}>
              <ScrollText aria-hidden />
              {t('viewer.openLog')}
            </Link>
          </Button>
        )}
        <Button variant="dangerOutline" onClick={() => setIsAsked(true)}>
          <Trash2 aria-hidden />
          {t('viewer.delete')}
        </Button>
      </div>
      {item.state === 'upstream' && <p className="text-secondary text-sm">{t('viewer.upstreamText')}</p>}
      {item.role === 'base' && <p className="text-sm text-warning">{t('viewer.base')}</p>}
      {(detail?.job?.references ?? 0) > 0 && (
        <p className="text-secondary text-sm">{t('viewer.reuseHint')}</p>
      )}
      <ConfirmDialog
        isOpen={isAsked}
        onOpenChange={(isOpen) => !isOpen && close()}
        title={t('delete.title')}
        confirmLabel={t('delete.label')}
        onConfirm={send}
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : <QueryProblem error={remove.error} onRetry={send} />}
      >
        <p>{t('delete.text')}</p>
        <p>{t('delete.stays')}</p>
      </ConfirmDialog>
    </div>
  );
}
