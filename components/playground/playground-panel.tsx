'use client';

import { FlaskConical } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import type { PlaygroundMedia, PlaygroundModels, PlaygroundRunRow } from '@/lib/admin-api/playground';
import { usePersonal } from '../shell/personal';
import { QueryProblem } from '../shell/query-problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { CodeTab } from './code-tab';
import { type Form, formOfRun, picturesOf, placeOf, toSnippetInput, variantOf } from './form';
import { HistoryTab } from './history-tab';
import { useModels, useRun, useRuns } from './queries';
import { RunAnnouncer } from './run-announcer';
import { RunForm } from './run-form';
import { RunView } from './run-view';
import { useGenerate } from './use-generate';
import { usePlaygroundForm } from './use-playground-form';
import { withPicture } from './with-picture';

const panes = ['result', 'code', 'history'] as const;

type PlaygroundPanelProps = {
  models: PlaygroundModels;
  runs: { items: PlaygroundRunRow[] };
  /** Of this gateway, as code is to call it. */
  origin: string;
};

/** The playground: the form on one side, what comes of it on the other. */
export function PlaygroundPanel({ models: initialModels, runs: initialRuns, origin }: PlaygroundPanelProps) {
  const t = useTranslations('playground');
  const [account, setAccount] = useState<string | null>(null);
  const { data: catalogue = initialModels } = useModels(account, initialModels);
  const control = usePlaygroundForm(catalogue);
  const chosen = control?.form.account?.id ?? null;
  useEffect(() => setAccount(chosen), [chosen]);
  const [runId, setRunId] = useQueryState('run', parseAsString.withOptions({ history: 'push' }));
  const [pane, setPane] = useQueryState(
    'tab',
    parseAsStringLiteral(panes).withDefault('result').withOptions({ history: 'replace' }),
  );
  const run = useRun(runId);
  const runs = useRuns(initialRuns);
  // Uploaded pictures are not kept by the gateway; as long as the page is open, they are here.
  const [sent] = useState(() => new Map<string, Form>());
  const start = useGenerate(origin, (id, form) => {
    sent.set(id, form);
    void setRunId(id);
    void setPane('result');
  });
  if (control === undefined) return null;
  const { form } = control;
  const place = placeOf(catalogue, form);
  if (place === undefined) return null;
  const variant = variantOf(place.way, picturesOf(form).length, form);

  const reuse = (): Form | undefined => {
    if (run.data === undefined) return undefined;
    const { form: asked } = run.data;
    const kept = sent.get(run.data.id);
    const next = formOfRun(catalogue, asked, kept);
    if (next === undefined) return undefined;
    control.replace(next);
    return kept === undefined && asked.images.some(({ url }) => url === null) ? undefined : next;
  };
  const use = (media: PlaygroundMedia, as: 'first_frame' | 'ingredient') => {
    const next = withPicture(catalogue, form, media, as);
    if (next === undefined) return;
    control.replace(next);
    toast.success(t('used'));
  };
  const others = runs.data.items.filter(({ id, ended_at }) => ended_at === null && id !== runId);
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(340px,520px)_minmax(0,1fr)]">
      <RunForm catalogue={catalogue} control={control} start={start} variant={variant} />
      <Card className="p-4">
        <RunAnnouncer run={run.data} />
        <Tabs value={pane} onValueChange={(next) => void setPane(panes.find((one) => one === next) ?? null)}>
          <TabsList aria-label={t('panes')}>
            {panes.map((one) => (
              <TabsTrigger key={one} value={one}>
                {t(one)}
              </TabsTrigger>
            ))}
          </TabsList>
          <TabsContent value="result" className="grid grid-cols-1 gap-4">
            {others.length > 0 && <OtherRuns runs={others} onShow={(id) => void setRunId(id)} />}
            {runId === null && (
              <EmptyState icon={FlaskConical} title={t('noResult')}>
                {t('noResultHint')}
              </EmptyState>
            )}
            {runId !== null && run.data === undefined && run.error === null && (
              <p className="py-10 text-center text-secondary">{t('loadingRun')}</p>
            )}
            {run.error !== null && runId !== null && (
              <Notice tone="danger" role="alert">
                {isUnknown(run.error) ? (
                  t('runGone')
                ) : (
                  <QueryProblem error={run.error} onRetry={() => void run.refetch()} />
                )}
              </Notice>
            )}
            {run.data !== undefined && (
              <RunView
                key={run.data.id}
                run={run.data}
                origin={origin}
                onUse={use}
                onReuse={() => {
                  if (reuse() === undefined) toast.info(t('reusedWithout'));
                  else toast.success(t('reused'));
                }}
                onRetry={() => {
                  const again = reuse();
                  if (again === undefined) toast.info(t('reusedWithout'));
                  else start.generate(again, catalogue);
                }}
              />
            )}
          </TabsContent>
          <TabsContent value="code">
            <CodeTab
              input={toSnippetInput(form, variant, { kind: place.model.kind, origin })}
              hasAccount={form.account !== null}
            />
          </TabsContent>
          <TabsContent value="history">
            <HistoryTab
              items={runs.data.items}
              shownId={runId}
              onShow={(id) => {
                void setRunId(id);
                void setPane('result');
              }}
            />
          </TabsContent>
        </Tabs>
      </Card>
    </div>
  );
}

const isUnknown = (error: Error) => error instanceof AdminApiError && error.status === 404;

function OtherRuns({ runs, onShow }: { runs: readonly PlaygroundRunRow[]; onShow: (id: string) => void }) {
  const t = useTranslations('playground');
  const personal = usePersonal();
  return (
    <section aria-label={t('otherRuns')} className="grid gap-1">
      <h3 className="text-secondary text-sm">{t('otherRuns')}</h3>
      <ul className="flex flex-wrap gap-2">
        {runs.map((run) => (
          <li key={run.id} className="max-w-full">
            <Button variant="outline" className="max-w-full" onClick={() => onShow(run.id)}>
              <span className="max-w-60 truncate">{personal.text(run.prompt)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
