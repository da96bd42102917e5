'use client';

import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { MediaItemView } from '@/lib/admin-api/media';
import { useErrorText } from '../shell/use-error-text';
import { useKeepMedia } from './queries';

const undoMs = 8_000;

/** Keeps a result for good, or no longer; either can be taken back at once. */
export function useKeep() {
  const t = useTranslations('gallery.keep');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const keep = useKeepMedia();
  const set = (id: string, kept: boolean, isUndo = false) =>
    keep.mutate(
      { id, kept },
      {
        onSuccess: () => {
          const action = { label: common('undo'), onClick: () => set(id, !kept, true) };
          toast.success(t(kept ? 'kept' : 'unkept'), isUndo ? {} : { duration: undoMs, action });
        },
        onError: (error) =>
          toast.error(t(kept ? 'keepFailed' : 'unkeepFailed'), {
            description: errorText(error),
            duration: Number.POSITIVE_INFINITY,
          }),
      },
    );
  return {
    toggle: ({ id, kept }: Pick<MediaItemView, 'id' | 'kept'>) => set(id, !kept),
    /** What went wrong, where the last change was of this result. */
    errorOf: (id: string) => (keep.variables?.id === id ? keep.error : null),
  };
}
