'use client';

import type * as React from 'react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { type MediaItemView, zipLimits } from '@/lib/admin-api/media';
import { useErrorText } from '../shell/use-error-text';
import { useFormat } from '../shell/use-format';
import { refusalIn, requestZip, zipFrameName } from './zip-download';

type Zip = {
  /** `load` gives the results that are meant, of which there are `count`. */
  start: (count: number, load: () => Promise<readonly MediaItemView[]>) => Promise<void>;
  isBusy: boolean;
  /** Why there was none the last time. */
  problem: string | undefined;
  /** Belongs into the page, and must outlive the selection: the download comes through it. */
  frame: React.ReactNode;
};

/** The files of many results as one download. */
export function useZip(): Zip {
  const t = useTranslations('gallery.bulk');
  const format = useFormat();
  const errorText = useErrorText();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const fail = (reason: string | undefined) => {
    setProblem(reason === undefined ? t('zipFailed') : `${t('zipFailed')} ${reason}`);
    toast.error(t('zipFailed'), {
      ...(reason === undefined ? {} : { description: reason }),
      duration: Number.POSITIVE_INFINITY,
    });
  };
  const start: Zip['start'] = async (count, load) => {
    setProblem(undefined);
    if (count > zipLimits.files) return fail(t('zipTooMany', { files: format.count(zipLimits.files) }));
    setIsBusy(true);
    try {
      const chosen = await load();
      const bytes = chosen.reduce((sum, item) => sum + (item.state === 'stored' ? (item.bytes ?? 0) : 0), 0);
      const sizes = { size: format.size(zipLimits.bytes), chosen: format.size(bytes) };
      if (bytes > zipLimits.bytes) fail(t('zipTooLarge', sizes));
      else requestZip(chosen.map(({ id }) => id));
    } catch (error) {
      fail(errorText(error));
    } finally {
      setIsBusy(false);
    }
  };
  const frame = (
    <iframe
      name={zipFrameName}
      title={t('zip')}
      hidden
      // A download never gets here: what does is a refusal.
      onLoad={({ currentTarget }) => {
        if (currentTarget.contentDocument?.URL !== 'about:blank') fail(refusalIn(currentTarget));
      }}
    />
  );
  return { start, isBusy, problem, frame };
}
