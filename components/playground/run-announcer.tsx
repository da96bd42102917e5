'use client';

import { useEffect, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundRun } from '@/lib/admin-api/playground';
import { progressOfRun, quarterOf, slowest } from './stages';

/** Says aloud each change of stage, each quarter, and the end. It is there from the beginning, or it would not be heard. */
export function RunAnnouncer({ run }: { run: PlaygroundRun | undefined }) {
  const t = useTranslations('playground');
  const [text, setText] = useState('');
  const seen = useRef<{ id: string; what: string }>(undefined);
  useEffect(() => {
    if (run === undefined) return;
    const what = tell();
    const before = seen.current;
    seen.current = { id: run.id, what };
    // What was there when the reader came is on the page; only what changes is said.
    if (before === undefined || before.what === what) return;
    setText(what);

    function tell(): string {
      if (run === undefined) return '';
      if (run.ended_at !== null) {
        const count = run.jobs.reduce((sum, { media }) => sum + media.length, 0);
        if (run.state === 'completed') return t('announceDone', { count });
        if (run.state === 'cancelled') return t('announceCancelled');
        const message = run.jobs.find(({ error }) => error !== null)?.error?.message ?? '';
        return t('announceFailed', { message });
      }
      const stage = slowest(run)?.stages.at(-1)?.name ?? 'queued';
      const progress = progressOfRun(run);
      const quarter = progress === undefined ? 0 : quarterOf(progress.percent);
      const stageText = t(`stage.${stage}`);
      return quarter === 0 ? stageText : `${stageText}, ${t('announcePercent', { percent: quarter })}`;
    }
  }, [run, t]);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
