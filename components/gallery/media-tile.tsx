'use client';

import { Bookmark, Film, Image as ImageIcon } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import { cn } from '@/lib/cn';
import { useTimeText } from '../clock/clock';
import { PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { Checkbox } from '../ui/checkbox';
import { holeOf, MediaPlaceholder } from './media-placeholder';
import { useMediaName } from './media-words';
import { hoverMs, type PreviewTurn } from './preview-turn';
import type { Tick } from './range-selection';

type MediaTileProps = {
  item: MediaItemView;
  isTicked: boolean;
  isPlaying: boolean;
  /** None where no video may play by itself. */
  turn: PreviewTurn | undefined;
  onOpen: (id: string) => void;
  onTick: (tick: Tick) => void;
};

const usualRatio = { image: 1, video: 16 / 9 } as const;

/** How wide a tile is for its height: as its picture, but never so narrow that its words have no room. */
function ratioOf({ kind, width, height }: MediaItemView): number {
  const ratio = width === null || height === null ? usualRatio[kind] : width / height;
  return Math.min(2.4, Math.max(0.95, ratio));
}

/** One result in the grid. */
export const MediaTile = memo(function MediaTile(props: MediaTileProps) {
  const { item, isTicked, isPlaying, turn, onOpen, onTick } = props;
  const t = useTranslations('gallery.tile');
  const name = useMediaName()(item);
  const shift = useRef(false);
  const canPlay = item.kind === 'video' && item.state === 'stored';
  const preview =
    turn === undefined || !canPlay
      ? {}
      : {
          onPointerEnter: () => turn.enter(item.id, hoverMs),
          onPointerLeave: () => turn.leave(item.id),
          onFocus: () => turn.enter(item.id, hoverMs),
          onBlur: () => turn.leave(item.id),
        };
  return (
    <li
      // Tiles of one row are as high as each other, and together as wide as the row.
      style={{ ['--ratio' as string]: ratioOf(item) }}
      className={cn(
        'relative min-w-0 rounded-lg border border-border bg-card sm:grow-(--ratio) sm:basis-[calc(var(--ratio)*170px)]',
        isTicked && 'border-primary ring-1 ring-primary',
      )}
    >
      <button
        type="button"
        aria-label={t(`open.${item.kind}`, { name })}
        onClick={() => onOpen(item.id)}
        className="relative block aspect-square w-full overflow-hidden rounded-t-lg bg-muted sm:aspect-(--ratio)"
        {...preview}
      >
        <Picture item={item} name={name} isPlaying={isPlaying && canPlay} />
      </button>
      <span className="absolute top-2 left-2 grid size-8 place-items-center rounded-md bg-card/90 md:size-6">
        <Checkbox
          aria-label={t(`select.${item.kind}`, { name })}
          checked={isTicked}
          onClick={(event) => {
            shift.current = event.shiftKey;
          }}
          onCheckedChange={(isOn) => {
            onTick({ id: item.id, isOn: isOn === true, isRange: shift.current });
            shift.current = false;
          }}
        />
      </span>
      <Facts item={item} />
    </li>
  );
});

function Picture({ item, name, isPlaying }: { item: MediaItemView; name: string; isPlaying: boolean }) {
  const [isBroken, setIsBroken] = useState(false);
  const hole = holeOf(item) ?? (isBroken ? 'unreadable' : undefined);
  const source = item.preview_url ?? item.url;
  if (hole !== undefined || source === null) {
    return <MediaPlaceholder kind={item.kind} hole={hole ?? 'missing'} />;
  }
  return (
    <>
      {/* biome-ignore lint/performance/noImgElement: a small picture of our own route; Next resizes nothing here */}
      <img
        src={source}
        alt={name}
        loading="lazy"
        decoding="async"
        onError={() => setIsBroken(true)}
        className="absolute inset-0 size-full object-contain"
      />
      {isPlaying && item.url !== null && (
        <video
          src={item.url}
          {...(item.preview_url === null ? {} : { poster: item.preview_url })}
          aria-hidden
          className="absolute inset-0 size-full bg-muted object-contain"
          autoPlay
          muted
          loop
          playsInline
          disablePictureInPicture
        />
      )}
    </>
  );
}

function Facts({ item }: { item: MediaItemView }) {
  const t = useTranslations('gallery.tile');
  const common = useTranslations('common');
  const format = useFormat();
  const Icon = item.kind === 'video' ? Film : ImageIcon;
  const length = item.duration_seconds === null ? null : format.runningTime(item.duration_seconds * 1_000);
  const size = item.bytes === null ? null : format.size(item.bytes);
  return (
    <div className="grid gap-0.5 px-2 py-1.5 text-xs">
      <p className="flex flex-wrap items-center justify-between gap-x-2">
        <span className="inline-flex items-center gap-1">
          <Icon aria-hidden className="size-3.5" />
          {common(`kind.${item.kind}`)}
        </span>
        <span className="text-secondary tabular-nums">{length ?? size}</span>
      </p>
      <p className="flex flex-wrap items-center justify-between gap-x-2 text-secondary">
        <PastTime at={item.created_at} />
        {item.kept ? (
          <span className="inline-flex items-center gap-1 text-text">
            <Bookmark aria-hidden className="size-3.5" />
            {t('kept')}
          </span>
        ) : (
          item.expires_at !== null && <Expiry at={item.expires_at} />
        )}
      </p>
    </div>
  );
}

/** Plain text: a tooltip on each tile would be one more stop on the way through the grid. The viewer has the full date. */
function Expiry({ at }: { at: string }) {
  const t = useTranslations('gallery.tile');
  const format = useFormat();
  const text = useTimeText((now) => {
    const end = new Date(at);
    const left = format.countdown(end, now);
    return end > now ? t('expires', { time: left }) : left;
  });
  return (
    <time dateTime={at} className="tabular-nums" suppressHydrationWarning>
      {text}
    </time>
  );
}
