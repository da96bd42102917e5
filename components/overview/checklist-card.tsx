'use client';

import { Circle, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { Checklist } from '@/lib/admin-api/overview';
import { cn } from '@/lib/cn';
import { keyVariable, snippetClients, writeSnippet } from '../keys/snippets';
import { useErrorText } from '../shell/use-error-text';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Progress } from '../ui/progress';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { Panel } from './panel';
import { useShowChecklist } from './queries';

const steps = [
  { name: 'account', href: '/admin/accounts?add=1' },
  { name: 'test', href: '/admin/playground' },
  { name: 'key', href: '/admin/keys?create=1' },
  { name: 'request', href: undefined },
] as const;

const undoMs = 8_000;
const snippetModel = 'gemini-3.1-flash-image';

/** The first steps with a new gateway. They tick themselves. */
export function ChecklistCard({ checklist }: { checklist: Checklist }) {
  const t = useTranslations('checklist');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const show = useShowChecklist();
  const done = steps.filter(({ name }) => checklist.steps[name]).length;
  const next = steps.find(({ name }) => !checklist.steps[name])?.name;
  const tell = (error: unknown) => toast.error(errorText(error), { duration: Number.POSITIVE_INFINITY });
  const dismiss = () =>
    show.mutate(false, {
      onSuccess: () => {
        toast(t('dismissed'), {
          duration: undoMs,
          action: { label: common('undo'), onClick: () => show.mutate(true, { onError: tell }) },
        });
      },
      onError: tell,
    });
  return (
    <Panel
      title={t('title')}
      beside={
        <div className="flex items-center gap-3">
          <span className="text-secondary text-sm tabular-nums">
            {t('progress', { done, total: steps.length })}
          </span>
          <Button variant="outline" size="small" isBusy={show.isPending} onClick={dismiss}>
            {t('dismiss')}
          </Button>
        </div>
      }
    >
      <Progress
        label={t('title')}
        value={done}
        max={steps.length}
        valueText={t('progress', { done, total: steps.length })}
        className="h-1 rounded-none"
      />
      <ol className="divide-y divide-border">
        {steps.map(({ name, href }) => {
          const isDone = checklist.steps[name];
          const Icon = isDone ? CircleCheck : Circle;
          return (
            <li key={name} className="grid gap-3 px-4 py-3">
              <div className="flex flex-wrap items-center gap-3">
                <Icon
                  aria-hidden
                  className={cn('size-5 shrink-0', isDone ? 'text-success' : 'text-secondary')}
                />
                <div className="min-w-0 flex-1">
                  <p className="font-medium">
                    {t(`steps.${name}.title`)}
                    <span className="sr-only"> ({t(isDone ? 'done' : 'open')})</span>
                  </p>
                  <p className="text-secondary text-sm">{t(`steps.${name}.text`)}</p>
                </div>
                {!isDone && href !== undefined && (
                  <Button asChild variant={name === next ? 'primary' : 'outline'} size="small">
                    <Link href={href}>{t(`steps.${name}.title`)}</Link>
                  </Button>
                )}
              </div>
              {name === 'request' && !isDone && <Snippets />}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

/** A first request, in three ways. The key stands in a variable: none is ever in the page. */
function Snippets() {
  const t = useTranslations('checklist');
  const origin = useOrigin();
  return (
    <div className="min-w-0 md:pl-8">
      <p className="mb-2 text-secondary text-sm">
        {t.rich('variable', { name: () => <code className="font-mono text-xs">${keyVariable}</code> })}
      </p>
      <Tabs defaultValue={snippetClients[0]}>
        <TabsList aria-label={t('languages')}>
          {snippetClients.map((client) => (
            <TabsTrigger key={client} value={client}>
              {client}
            </TabsTrigger>
          ))}
        </TabsList>
        {snippetClients.map((client) => {
          const text = writeSnippet(client, { origin, model: snippetModel });
          return (
            <TabsContent key={client} value={client} className="grid gap-2">
              {/* Scrolls sideways, so it must be reachable by keyboard. */}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
              <pre tabIndex={0} className="overflow-x-auto rounded-md bg-muted p-3 font-mono text-xs">
                {text}
              </pre>
              <CopyButton text={text} label={t('copy', { client })} className="justify-self-start" />
            </TabsContent>
          );
        })}
      </Tabs>
    </div>
  );
}

/** The address of this gateway as the reader called it. */
const useOrigin = () =>
  useSyncExternalStore(
    () => () => {},
    () => window.location.origin,
    () => '',
  );
