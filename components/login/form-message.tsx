'use client';

import { useEffect, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { useFormat } from '../shell/use-format';
import { Notice } from '../ui/notice';
import { type Refusal, refusalText } from './refusal';

type FormMessageProps = {
  refusal: Refusal;
  /** Fields at fault, by name. */
  faults: readonly string[];
  labels: Readonly<Record<string, string>>;
  onGoTo: (name: string) => void;
};

/** Why the form was refused. Waiting counts down; only the first words are announced. */
export function FormMessage({ refusal, faults, labels, onGoTo }: FormMessageProps) {
  const t = useTranslations('login');
  const common = useTranslations('common');
  const { code, retryAfterSeconds, sentAt } = refusal;
  return (
    <div role="alert" className="grid gap-2 empty:hidden">
      {code !== undefined && <Notice tone="danger">{t(`refused.${refusalText(code)}`)}</Notice>}
      {retryAfterSeconds !== undefined && <Wait key={sentAt} seconds={retryAfterSeconds} />}
      {faults.length > 1 && (
        <Notice tone="danger">
          {common('errorSummary', { count: faults.length })}{' '}
          {faults.map((name) => (
            <button
              key={name}
              type="button"
              className="mr-3 inline-flex min-h-6 items-center font-medium underline max-md:min-h-11"
              onClick={() => onGoTo(name)}
            >
              {labels[name] ?? name}
            </button>
          ))}
        </Notice>
      )}
    </div>
  );
}

function Wait({ seconds }: { seconds: number }) {
  const t = useTranslations('login');
  const format = useFormat();
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const endsAt = Date.now() + seconds * 1_000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((endsAt - Date.now()) / 1_000))), 1_000);
    return () => clearInterval(timer);
  }, [seconds]);
  if (left === 0) return <Notice tone="info">{t('waitOver')}</Notice>;
  return (
    <Notice tone="danger">
      {t.rich('wait', {
        time: () => (
          <span aria-live="off" className="whitespace-nowrap tabular-nums">
            {format.runningTime(left * 1_000)}
          </span>
        ),
      })}
    </Notice>
  );
}
