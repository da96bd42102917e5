'use client';

import { Cloud, Film, ImageOff, type LucideIcon } from 'lucide-react';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import { cn } from '@/lib/cn';

export type Hole = 'expired' | 'missing' | 'upstream' | 'unreadable';

/** Why there is nothing to look at; `undefined`: there is. What only Google has is not fetched just to be looked at. */
export function holeOf(item: Pick<MediaItemView, 'kind' | 'state' | 'preview_url'>): Hole | undefined {
  if (item.state === 'stored') return undefined;
  return item.state === 'upstream' && item.preview_url !== null ? undefined : item.state;
}

/** Stands where a picture would be. */
export function MediaPlaceholder({
  kind,
  hole,
  className,
}: {
  kind: MediaItemView['kind'];
  hole: Hole;
  className?: string;
}) {
  const t = useTranslations('gallery.state');
  const Gone: LucideIcon = kind === 'video' ? Film : ImageOff;
  const Icon = hole === 'upstream' ? Cloud : Gone;
  return (
    <span
      className={cn(
        'grid size-full place-content-center justify-items-center gap-1 p-2 text-center text-secondary text-xs',
        className,
      )}
    >
      <Icon aria-hidden className="size-6" />
      {t(hole)}
    </span>
  );
}
