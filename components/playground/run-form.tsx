'use client';

import { useEffect, useRef } from 'react';
import { useFormatter } from 'use-intl';
import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError, isSignedOut } from '@/lib/admin-api/client';
import type { PlaygroundModels } from '@/lib/admin-api/playground';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Card } from '../ui/card';
import { Field } from '../ui/field';
import { Notice } from '../ui/notice';
import { Textarea } from '../ui/textarea';
import { AccountField } from './account-field';
import { useCause } from './failure';
import { costOf, missingIn, modelIdOf, obstacleOf, placeOf, type variantOf } from './form';
import { GenerateBar } from './generate-bar';
import { ModelFields } from './model-fields';
import { OptionFields } from './option-fields';
import { PictureFields } from './picture-fields';
import { filesIn } from './read-picture';
import type { Generate } from './use-generate';
import { useObstacleText } from './use-obstacle-text';
import type { FormControl } from './use-playground-form';
import { useTaking } from './use-taking';

type RunFormProps = {
  catalogue: PlaygroundModels;
  control: FormControl;
  start: Generate;
  variant: ReturnType<typeof variantOf>;
};

/** What is to be made: model, prompt, pictures, options, account, and the button. */
export function RunForm({ catalogue, control, start, variant }: RunFormProps) {
  const t = useTranslations('playground');
  const format = useFormat();
  const { form } = control;
  const { limits } = catalogue;
  const place = placeOf(catalogue, form);
  const tiers = catalogue.ids.find(({ id }) => id === form.pickedId)?.tiers ?? null;
  const obstacle = variant === undefined ? undefined : obstacleOf(variant, tiers);
  const obstacleText = useObstacleText(obstacle, form.account !== null);
  const missing = place === undefined ? 'variant' : missingIn(form, place.way, variant, limits);
  const missingText =
    missing === undefined
      ? ''
      : t(`missing.${missing}`, {
          limit: format.count(limits.prompt_length),
          count: place?.way.images.min ?? 0,
          size: format.size(limits.images_bytes),
        });
  const reason = obstacleText || missingText;
  const { problem, take } = useTaking(catalogue, control);
  const generate = () => reason === '' && start.generate(form, catalogue);
  const latest = useRef({ generate, take });
  useEffect(() => {
    latest.current = { generate, take };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      latest.current.generate();
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = filesIn(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      latest.current.take(files, undefined);
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
  if (place === undefined) return null;
  return (
    <Card className="h-fit p-4 max-md:pb-0">
      <form
        aria-label={t('generate')}
        className="grid grid-cols-1 gap-4"
        onSubmit={(event) => event.preventDefault()}
      >
        <ModelFields catalogue={catalogue} control={control} modelId={modelIdOf(form, variant)} />
        <DroppedNotice control={control} />
        <Field
          label={t('prompt')}
          hint={
            <span className="tabular-nums">
              {t('promptCount', {
                count: format.count(form.prompt.length),
                limit: format.count(limits.prompt_length),
              })}
            </span>
          }
          error={missing === 'promptLength' ? missingText : undefined}
        >
          {(attributes) => (
            <Textarea
              {...attributes}
              rows={4}
              placeholder={t('promptPlaceholder')}
              value={form.prompt}
              onChange={({ target }) => control.change({ prompt: target.value })}
            />
          )}
        </Field>
        <PictureFields way={place.way} control={control} onFiles={take} problem={problem} />
        <OptionFields way={place.way} control={control} limits={limits} tiers={tiers} />
        <AccountField control={control} />
        {start.error !== null && <StartProblem error={start.error} onRetry={generate} />}
        <GenerateBar
          cost={variant === undefined ? undefined : costOf(variant, form.outputs, tiers)}
          reason={reason}
          isWarning={obstacleText !== ''}
          isBusy={start.isPending}
          onGenerate={generate}
        />
      </form>
    </Card>
  );
}

function DroppedNotice({ control: { notice } }: { control: FormControl }) {
  const t = useTranslations('playground');
  const formatter = useFormatter();
  return (
    <div aria-live="polite" className="empty:hidden">
      {notice !== undefined && (
        <Notice tone="info">
          {t('dropped', {
            list: formatter.list(
              notice.dropped.map((what) => t(`droppedWhat.${what}`, { count: notice.pictures })),
            ),
            model: notice.model,
          })}
        </Notice>
      )}
    </div>
  );
}

function StartProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useTranslations('playground');
  const cause = useCause();
  const isAnswer = error instanceof AdminApiError && error.status !== 0 && !isSignedOut(error);
  return (
    <Notice tone="danger" role="alert">
      {isAnswer ? (
        <>
          <p className="font-medium">{cause(error.detail.code) ?? t('startFailed')}</p>
          <p lang="en">{error.detail.message}</p>
        </>
      ) : (
        <QueryProblem error={error} onRetry={onRetry} />
      )}
    </Notice>
  );
}
