'use client';

import { Download, Film, ImageOff, Images, ImageUp, Layers } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundMedia } from '@/lib/admin-api/playground';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';

const longestAlt = 120;

type ResultItemProps = {
  media: PlaygroundMedia;
  prompt: string;
  origin: string;
  onUse: (media: PlaygroundMedia, as: 'first_frame' | 'ingredient') => void;
};

/** What came out, and what can be done with it. */
export function ResultItem({ media, prompt, origin, onUse }: ResultItemProps) {
  const t = useTranslations('playground');
  const format = useFormat();
  const isShown = media.is_stored && media.url !== null;
  const facts = [
    media.width === null || media.height === null ? [] : [`${media.width} × ${media.height}`],
    media.duration_seconds === null ? [] : [t('seconds', { seconds: media.duration_seconds })],
    media.size_bytes === null ? [] : [format.size(media.size_bytes)],
  ].flat();
  return (
    <figure className="grid content-start gap-2">
      <Picture media={media} prompt={prompt} />
      <figcaption className="text-secondary text-xs tabular-nums">
        {facts.join(' · ')}
        {media.role === 'base' && <span className="block text-warning">{t('baseOnly')}</span>}
        {!media.is_stored && media.url !== null && <span className="block">{t('notStored')}</span>}
      </figcaption>
      <div className="flex flex-wrap gap-2">
        {isShown && (
          <>
            <Button asChild variant="outline">
              <a href={media.url ?? ''} download>
                <Download aria-hidden />
                {t('download')}
              </a>
            </Button>
            <Button asChild variant="outline">
              <Link href={`/admin/gallery?media=${encodeURIComponent(media.id)}`}>
                <Images aria-hidden />
                {t('openInGallery')}
              </Link>
            </Button>
            {media.kind === 'image' && (
              <>
                <Button variant="outline" onClick={() => onUse(media, 'first_frame')}>
                  <ImageUp aria-hidden />
                  {t('useAsFirst')}
                </Button>
                <Button variant="outline" onClick={() => onUse(media, 'ingredient')}>
                  <Layers aria-hidden />
                  {t('useAsIngredient')}
                </Button>
              </>
            )}
            <CopyButton text={`${origin}${media.url}`} label={t('copyUrl')} />
          </>
        )}
        {!media.is_stored && media.url !== null && (
          <Button asChild variant="outline">
            <a href={media.url} target="_blank" rel="noreferrer">
              {t('openFile')}
            </a>
          </Button>
        )}
      </div>
    </figure>
  );
}

function Picture({ media, prompt }: Pick<ResultItemProps, 'media' | 'prompt'>) {
  const t = useTranslations('playground');
  const shown = usePersonal().text(prompt).slice(0, longestAlt);
  const box = 'w-full rounded-md border border-border bg-muted';
  const ratio =
    media.width === null || media.height === null ? undefined : `${media.width} / ${media.height}`;
  if (!media.is_stored || media.url === null) {
    const Icon = media.kind === 'video' ? Film : ImageOff;
    return (
      <div className={`${box} grid min-h-40 place-items-center text-secondary`}>
        <span className="grid justify-items-center gap-1 text-sm">
          <Icon aria-hidden className="size-6" />
          {media.url === null && t('fileGone')}
        </span>
      </div>
    );
  }
  if (media.kind === 'video') {
    return (
      <video
        className={`${box} max-h-[70dvh]`}
        style={ratio === undefined ? {} : { aspectRatio: ratio }}
        src={media.url}
        {...(media.preview_url === null ? {} : { poster: media.preview_url })}
        aria-label={t('videoOf', { prompt: shown })}
        preload="metadata"
        controls
        muted
        playsInline
      />
    );
  }
  return (
    // biome-ignore lint/performance/noImgElement: served by our own route, nothing is resized by Next
    <img
      className={`${box} max-h-[70dvh] object-contain`}
      style={ratio === undefined ? {} : { aspectRatio: ratio }}
      src={media.url}
      alt={t('resultAlt', { prompt: shown })}
    />
  );
}
