'use client';

import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundModels } from '@/lib/admin-api/playground';
import { useFormat } from '../shell/use-format';
import { placeOf } from './form';
import type { Slot } from './picture-fields';
import { readPicture } from './read-picture';
import type { FormControl } from './use-playground-form';

/** Takes files into the form: what is no picture, too large or too much is said. */
export function useTaking(catalogue: PlaygroundModels, control: FormControl) {
  const t = useTranslations('playground');
  const format = useFormat();
  const [problem, setProblem] = useState<string>();
  const { form, change } = control;
  const take = async (files: readonly File[], slot: Slot | undefined) => {
    const way = placeOf(catalogue, form)?.way;
    if (way === undefined || files.length === 0) return;
    setProblem(undefined);
    if (way.images.max === 0) return setProblem(t('uploadNone'));
    const read = await Promise.all(files.map((file) => readPicture(file, catalogue.limits.image_bytes)));
    const pictures = read.filter((picture) => picture !== undefined);
    if (pictures.length < files.length) {
      setProblem(t('uploadType', { size: format.size(catalogue.limits.image_bytes) }));
    }
    const [picture, second] = pictures;
    if (picture === undefined) return;
    if (way.way !== 'frames') {
      const all = [...form.ingredients, ...pictures];
      if (all.length > way.images.max) setProblem(t('uploadMost', { count: way.images.max }));
      return change({ ingredients: all.slice(0, way.images.max) });
    }
    const isLast = slot === 'last_frame' || (slot === undefined && form.first !== null);
    if (isLast) change({ last: picture });
    else change({ first: picture, ...(second === undefined ? {} : { last: second }) });
  };
  return {
    problem,
    take: (files: readonly File[], slot: Slot | undefined) => void take(files, slot),
  };
}
