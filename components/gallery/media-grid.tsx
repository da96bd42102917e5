'use client';

import { useCallback, useRef } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import type { Selection } from '../data-table/use-selection';
import { MediaTile } from './media-tile';
import { type Tick, tickMedia } from './range-selection';
import { usePreview } from './use-preview';

type MediaGridProps = {
  items: readonly MediaItemView[];
  selection: Selection;
  onOpen: (id: string) => void;
};

/** The results of one page as pictures. */
export function MediaGrid({ items, selection, onOpen }: MediaGridProps) {
  const t = useTranslations('gallery');
  const { playing, turn } = usePreview();
  const anchor = useRef<string>(undefined);
  const latest = useRef({ items, selection, onOpen });
  latest.current = { items, selection, onOpen };
  // Tiles are drawn anew when what they show changes only.
  const tick = useCallback((one: Tick) => {
    const { items: shown, selection: now } = latest.current;
    now.select(
      tickMedia(
        shown.map(({ id }) => id),
        now.ids,
        anchor.current,
        one,
      ),
    );
    anchor.current = one.id;
  }, []);
  const open = useCallback((id: string) => latest.current.onOpen(id), []);
  return (
    <ul
      aria-label={t('list')}
      className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:gap-3 sm:after:grow-1000 sm:after:content-['']"
    >
      {items.map((item) => (
        <MediaTile
          key={item.id}
          item={item}
          isTicked={selection.ids.includes(item.id)}
          isPlaying={playing === item.id}
          turn={item.kind === 'video' ? turn : undefined}
          onOpen={open}
          onTick={tick}
        />
      ))}
    </ul>
  );
}
