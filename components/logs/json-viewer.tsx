'use client';

import { ChevronDown, ChevronUp, WrapText } from 'lucide-react';
import type * as React from 'react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { usePersonal } from '../shell/personal';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Input } from '../ui/input';
import { findMatches, jsonText } from './json-text';

/** JSON or text as it was recorded: wrapped or not, searched, copied. */
export function JsonViewer({ name, value }: { name: string; value: unknown }) {
  const t = useTranslations('logs.json');
  const format = useFormat();
  const { isHidden } = usePersonal();
  const searchId = useId();
  const [isWrapped, setIsWrapped] = useState(true);
  const [search, setSearch] = useState('');
  const [current, setCurrent] = useState(0);
  const text = useMemo(() => jsonText(value), [value]);
  const matches = useMemo(() => findMatches(text, search), [text, search]);
  const marked = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another match stands elsewhere
  useEffect(() => {
    if (search !== '') marked.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current, search]);
  if (isHidden) return <p className="text-secondary text-sm">{t('hidden')}</p>;
  const step = (by: number) =>
    setCurrent((known) => (matches.length === 0 ? 0 : (known + by + matches.length) % matches.length));
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={searchId} className="sr-only">
          {t('search', { name })}
        </label>
        <Input
          id={searchId}
          type="search"
          className="w-36 flex-1 md:h-8"
          placeholder={t('find')}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setCurrent(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
            // Escape clears the search before it closes what is around it.
            if (event.key === 'Escape' && search !== '') {
              event.stopPropagation();
              event.preventDefault();
              setSearch('');
            }
          }}
        />
        <span role="status" className="text-secondary text-xs tabular-nums empty:hidden">
          {search !== '' &&
            (matches.length === 0
              ? t('noMatch')
              : t('match', { at: format.count(current + 1), of: format.count(matches.length) }))}
        </span>
        {matches.length > 1 && (
          <>
            <Button
              variant="ghost"
              size="iconSmall"
              aria-label={t('previous', { name })}
              onClick={() => step(-1)}
            >
              <ChevronUp aria-hidden />
            </Button>
            <Button variant="ghost" size="iconSmall" aria-label={t('next', { name })} onClick={() => step(1)}>
              <ChevronDown aria-hidden />
            </Button>
          </>
        )}
        <Button
          variant="outline"
          size="iconSmall"
          aria-label={t('wrap', { name })}
          aria-pressed={isWrapped}
          className="aria-pressed:border-primary aria-pressed:text-primary"
          onClick={() => setIsWrapped((known) => !known)}
        >
          <WrapText aria-hidden />
        </Button>
        <CopyButton isSmall variant="outline" text={text} label={t('copy', { name })} />
      </div>
      <section
        aria-label={t('text', { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too
        tabIndex={0}
        className="max-h-96 overflow-auto rounded-md border border-border bg-muted p-3"
      >
        <pre
          lang="en"
          className={cn(
            'font-mono text-xs',
            isWrapped ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre',
          )}
        >
          <Marked text={text} matches={matches} length={search.length} current={current} markRef={marked} />
        </pre>
      </section>
    </div>
  );
}

type MarkedProps = {
  text: string;
  matches: readonly number[];
  length: number;
  current: number;
  markRef: React.RefObject<HTMLElement | null>;
};

function Marked({ text, matches, length, current, markRef }: MarkedProps) {
  if (matches.length === 0) return text;
  return (
    <>
      {matches.map((at, index) => (
        <span key={at}>
          {text.slice(index === 0 ? 0 : (matches[index - 1] ?? 0) + length, at)}
          <mark
            ref={index === current ? markRef : undefined}
            className={index === current ? 'bg-primary text-on-primary' : 'bg-warning-soft text-warning'}
          >
            {text.slice(at, at + length)}
          </mark>
        </span>
      ))}
      {text.slice((matches.at(-1) ?? 0) + length)}
    </>
  );
}
