'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { PlaygroundModels } from '@/lib/admin-api/playground';
import { CopyButton } from '../ui/copy-button';
import { Field } from '../ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger } from '../ui/select';
import { ToggleGroup, ToggleGroupItem } from '../ui/toggle-group';
import { families, isOffered, offeredModels, placeOf, type WayName } from './form';
import { IdPicker } from './id-picker';
import type { FormControl } from './use-playground-form';

type ModelFieldsProps = { catalogue: PlaygroundModels; control: FormControl; modelId: string };

/** Which model: family, then mode, then quality; the id that comes of it; or an id by itself. */
export function ModelFields({ catalogue, control, modelId }: ModelFieldsProps) {
  const t = useTranslations('playground');
  const place = placeOf(catalogue, control.form);
  if (place === undefined) return null;
  const { model, way } = place;
  const siblings = offeredModels(catalogue).filter(({ family }) => family === model.family);
  const ways = model.ways.filter(isOffered);
  const chooseFamily = (family: string) => {
    const first = offeredModels(catalogue).find((one) => one.family === family);
    if (first !== undefined) control.chooseModel({ base: first.id });
  };
  return (
    <div className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('family')}>
          {(attributes) => (
            <Select value={model.family} onValueChange={chooseFamily}>
              <SelectTrigger {...attributes} />
              <SelectContent>
                {families(catalogue).map((family) => (
                  <SelectItem key={family} value={family}>
                    {family}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
        <Field label={t('quality')} {...(model.note === null ? {} : { hint: model.note })}>
          {(attributes) => (
            <Select value={model.id} onValueChange={(base) => control.chooseModel({ base })}>
              <SelectTrigger {...attributes} />
              <SelectContent>
                {siblings.map(({ id, label }) => (
                  <SelectItem key={id} value={id}>
                    {label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
      </div>
      {ways.length > 1 && (
        <div className="grid gap-1.5">
          <span aria-hidden className="font-medium">
            {t('mode')}
          </span>
          <ToggleGroup
            type="single"
            aria-label={t('mode')}
            value={way.way}
            onValueChange={(next: string) => {
              const chosen = ways.find((one) => one.way === next);
              if (chosen !== undefined) control.chooseModel({ way: chosen.way satisfies WayName });
            }}
          >
            {ways.map((one) => (
              <ToggleGroupItem key={one.way} value={one.way}>
                {t(`ways.${one.way}`)}
              </ToggleGroupItem>
            ))}
          </ToggleGroup>
        </div>
      )}
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="text-secondary">{t('modelId')}</span>
        <code className="min-w-0 break-all font-mono">{modelId}</code>
        <CopyButton isSmall text={modelId} label={t('copyModelId')} />
        <IdPicker ids={catalogue.ids} models={offeredModels(catalogue)} onPick={control.chooseId} />
      </div>
    </div>
  );
}
