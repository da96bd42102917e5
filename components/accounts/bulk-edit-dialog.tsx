'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { type BulkEditForm, bulkEditForm, toBulkChanges } from './account-form';
import type { BulkChanges } from './bulk-bar';
import { keepFocus } from './keep-focus';
import { useFieldMessage } from './use-account-words';

type BulkEditDialogProps = { count: number; onClose: () => void; onSave: (changes: BulkChanges) => void };

/** Sets switches and limits of many accounts at once. What is not chosen stays as it is on each. */
export function BulkEditDialog({ count, onClose, onSave }: BulkEditDialogProps) {
  const t = useTranslations('accounts.bulk');
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title={t('editTitle', { count })} description={t('editHow')}>
        <BulkEdit count={count} onSave={onSave} />
      </DialogContent>
    </Dialog>
  );
}

const kinds = ['image', 'video'] as const;
const choices = ['keep', 'on', 'off'] as const;

const nothingChosen: BulkEditForm = {
  image_switch: 'keep',
  video_switch: 'keep',
  sets_image_limit: false,
  sets_video_limit: false,
  image_concurrency: '',
  video_concurrency: '',
};

function BulkEdit({ count, onSave }: Omit<BulkEditDialogProps, 'onClose'>) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const message = useFieldMessage();
  const { register, watch, setValue, handleSubmit, formState } = useForm({
    resolver: zodResolver(bulkEditForm),
    mode: 'onTouched',
    defaultValues: nothingChosen,
  });
  const values = watch();
  const isNothing = Object.keys(toBulkChanges(values)).length === 0;
  const submit = handleSubmit(() => onSave(toBulkChanges(values)));
  return (
    <form
      noValidate
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.stopPropagation();
        void submit(event);
      }}
    >
      <DialogBody className="sm:grid-cols-2">
        {kinds.map((kind) => {
          const label = t(kind === 'image' ? 'images' : 'videos');
          const sets = values[`sets_${kind}_limit`];
          return (
            <fieldset key={kind} className="grid content-start gap-3 rounded-md border border-border p-3">
              <legend className="px-1 font-medium">{label}</legend>
              <RadioGroup
                aria-label={t(`bulk.${kind}Switch`)}
                value={values[`${kind}_switch`]}
                onValueChange={(value) => {
                  const chosen = choices.find((choice) => choice === value);
                  if (chosen !== undefined) setValue(`${kind}_switch`, chosen);
                }}
              >
                {choices.map((choice) => (
                  <RadioItem
                    key={choice}
                    value={choice}
                    label={choice === 'keep' ? t('bulk.keep') : common(choice)}
                  />
                ))}
              </RadioGroup>
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is a button, which a label may hold */}
              <label className="flex min-h-11 items-center gap-2.5 md:min-h-8">
                <Checkbox
                  checked={sets}
                  onCheckedChange={(checked) => {
                    setValue(`sets_${kind}_limit`, checked === true);
                    setValue(`${kind}_concurrency`, '', { shouldValidate: true });
                  }}
                />
                {t('bulk.setLimit')}
              </label>
              {sets && (
                <Field
                  label={t(kind === 'image' ? 'form.imagesAtATime' : 'form.videosAtATime')}
                  hint={t('form.emptyUnlimited')}
                  error={message(formState.errors[`${kind}_concurrency`]?.message)}
                >
                  {(control) => (
                    <Input
                      {...control}
                      {...register(`${kind}_concurrency`)}
                      inputMode="numeric"
                      autoComplete="off"
                      placeholder={t('form.unlimited')}
                    />
                  )}
                </Field>
              )}
            </fieldset>
          );
        })}
      </DialogBody>
      <DialogFooter onMouseDown={keepFocus}>
        <DialogClose asChild>
          <Button variant="outline">{common('cancel')}</Button>
        </DialogClose>
        <Button type="submit" disabled={isNothing}>
          {t('bulk.apply', { count })}
        </Button>
      </DialogFooter>
    </form>
  );
}
