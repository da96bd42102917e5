'use client';

import { CircleX } from 'lucide-react';
import { useEffect, useState } from 'react';
import enCommon from '@/lib/messages/en/common.json' with { type: 'json' };
import en from '@/lib/messages/en/shell.json' with { type: 'json' };
import { htmlLanguage } from '@/lib/messages/languages';
import zhCommon from '@/lib/messages/zh/common.json' with { type: 'json' };
import zh from '@/lib/messages/zh/shell.json' with { type: 'json' };
import { Button } from '../ui/button';

/** What stands in place of a page that could not be drawn; it needs nothing that could have failed with it. */
export function ErrorPanel({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  const [isChinese, setIsChinese] = useState(false);
  useEffect(() => setIsChinese(document.documentElement.lang === htmlLanguage.zh), []);
  const texts = isChinese ? zh : en;
  const { tryAgain } = isChinese ? zhCommon : enCommon;
  return (
    <div role="alert" className="grid max-w-md justify-items-center gap-3 text-center">
      <CircleX aria-hidden className="size-6 text-danger" />
      <h1 tabIndex={-1} className="font-semibold text-xl">
        {texts.failed.title}
      </h1>
      <p className="text-secondary">{texts.failed.text}</p>
      {digest !== undefined && <code className="font-mono text-secondary text-xs">{digest}</code>}
      <Button onClick={onRetry}>{tryAgain}</Button>
    </div>
  );
}
