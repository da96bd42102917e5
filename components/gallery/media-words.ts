'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import { shorten } from '@/lib/format';
import { usePersonal } from '../shell/personal';

const altSigns = 120;

/** What a result is called for those who do not see it: the beginning of its prompt. */
export function useMediaName(): (item: Pick<MediaItemView, 'id' | 'kind' | 'prompt'>) => string {
  const t = useTranslations('gallery.viewer.title');
  const personal = usePersonal();
  return ({ id, kind, prompt }) => {
    const known = prompt?.trim() ?? '';
    // Hidden prompts read alike; the id tells them apart.
    if (known === '') return t(kind, { id: id.slice(-8) });
    return personal.isHidden ? `${personal.text(known)} ${id.slice(-8)}` : shorten(known, altSigns);
  };
}
