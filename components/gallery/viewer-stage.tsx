'use client';

import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import { Button } from '../ui/button';
import { MediaPlaceholder } from './media-placeholder';
import { useMediaName } from './media-words';

const zooms = [1, 1.5, 2, 3, 4, 6] as const;

/** The picture or the video itself. A picture can be enlarged, and is then scrolled. */
export function ViewerStage({ item }: { item: MediaItemView }) {
  const t = useTranslations('gallery.viewer');
  const [isBroken, setIsBroken] = useState(false);
  const [step, setStep] = useState(0);
  const name = useMediaName()(item);
  const hole = item.state === 'stored' ? undefined : item.state;
  // What only Google has is asked for when the reader wants it; a player asks when it is started.
  const isHeld = hole === 'upstream' && item.kind === 'image';
  if (item.url === null || isBroken || isHeld || hole === 'missing' || hole === 'expired') {
    return (
      <MediaPlaceholder
        kind={item.kind}
        hole={isBroken ? 'unreadable' : (hole ?? 'missing')}
        className="flex-1"
      />
    );
  }
  if (item.kind === 'video') {
    return (
      <video
        src={item.url}
        {...(item.preview_url === null ? {} : { poster: item.preview_url })}
        aria-label={t('video', { name })}
        className="min-h-0 w-full flex-1 object-contain"
        preload={hole === 'upstream' ? 'none' : 'metadata'}
        controls
        muted
        playsInline
        onError={() => setIsBroken(true)}
      />
    );
  }
  const zoom = zooms[step] ?? 1;
  const size = `${zoom * 100}%`;
  const area =
    step === 0
      ? {}
      : // What scrolls must be in reach of the keyboard.
        { role: 'region', 'aria-label': t('area'), tabIndex: 0 };
  return (
    <>
      <div className="relative min-h-64 flex-1 overflow-auto lg:min-h-0" {...area}>
        <div className="absolute top-0 left-0" style={{ width: size, height: size }}>
          {/* biome-ignore lint/performance/noImgElement: the file as it is, of our own route */}
          <img
            src={item.url}
            alt={name}
            className="size-full object-contain"
            onError={() => setIsBroken(true)}
            onDoubleClick={() => setStep(step === 0 ? 2 : 0)}
          />
        </div>
      </div>
      <div className="flex items-center justify-center gap-1 border-border border-t bg-card p-1">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('zoomOut')}
          aria-disabled={step === 0}
          onClick={() => setStep(Math.max(0, step - 1))}
        >
          <ZoomOut aria-hidden />
        </Button>
        <span aria-live="polite" className="min-w-24 text-center text-secondary text-sm tabular-nums">
          {t('zoomed', { percent: zoom * 100 })}
        </span>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('zoomIn')}
          aria-disabled={step === zooms.length - 1}
          onClick={() => setStep(Math.min(zooms.length - 1, step + 1))}
        >
          <ZoomIn aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('fit')}
          aria-disabled={step === 0}
          onClick={() => setStep(0)}
        >
          <Maximize aria-hidden />
        </Button>
      </div>
    </>
  );
}
