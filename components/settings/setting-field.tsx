'use client';

import {
  CircleAlert,
  CircleDashed,
  Clock,
  FileText,
  KeyRound,
  Lock,
  type LucideIcon,
  RotateCw,
  Save,
  Zap,
} from 'lucide-react';
import { useController } from 'react-hook-form';
import { useTranslations } from '@/components/shell/use-translations';
import type { SettingRow } from '@/lib/admin-api/settings';
import { cn } from '@/lib/cn';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { useFieldText } from './field-text';
import { type FormValue, fieldName, toFormValue } from './form-values';
import { MediaBaseUrl } from './media-base-url';
import { ProxyTest } from './proxy-test';
import { SecretControl } from './secret-control';
import { controlId, useSettingsForm } from './settings-context';
import { ValueControl } from './value-control';

const sourceIcons = { default: CircleDashed, file: FileText, database: Save, environment: Lock } as const;
const appliesIcons = { now: Zap, next_request: Clock, restart: RotateCw } as const;

// Their sentence says once more what each choice says.
const explainedByChoices: ReadonlySet<string> = new Set(['routing.strategy', 'database.synchronous']);

/** One setting with all that there is to know of it. */
export function SettingField({ row }: { row: SettingRow }) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const { control, formId, set } = useSettingsForm();
  const { field, fieldState } = useController({ control, name: fieldName(row.key) });
  const held: FormValue = field.value ?? toFormValue(row);
  const id = controlId(row.key);
  const rule = fieldState.error?.message;
  const name = text.label(row);
  const isChoice = row.kind === 'choice';
  const isLocked = row.locked_by !== null;
  const hasHelp = !explainedByChoices.has(row.key);
  const describedBy = [hasHelp && `${id}-help`, rule !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  const parts = {
    id,
    name: field.name,
    form: formId,
    inputRef: field.ref,
    onBlur: field.onBlur,
    ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
    ...(rule === undefined ? {} : { 'aria-invalid': true as const }),
  };
  return (
    <div className="grid gap-2 border-border border-b py-4 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        {isChoice ? (
          <span id={`${id}-name`} className="font-medium">
            {name}
          </span>
        ) : (
          <label htmlFor={id} id={`${id}-name`} className="font-medium">
            {name}
          </label>
        )}
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {row.awaits_restart && <Badge tone="warning" icon={RotateCw} label={t('awaitsRestart')} />}
          {row.needs_password && <Fact icon={KeyRound} text={t('needsPassword')} />}
          <Fact
            icon={appliesIcons[row.applies_when]}
            text={t(`applies.${row.applies_when}`)}
            isWarning={row.applies_when === 'restart'}
          />
          <Fact icon={sourceIcons[row.source]} text={t(`source.${row.source}`)} />
        </span>
      </div>
      {row.is_secret ? (
        <SecretControl row={row} held={held} control={parts} onChange={(value) => set(row, value)} />
      ) : (
        <ValueControl row={row} held={held} control={parts} onChange={(value) => set(row, value)} />
      )}
      {rule !== undefined && (
        <p id={`${id}-error`} role="alert" className="flex gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">{text.fault(row, rule)}</span>
        </p>
      )}
      {hasHelp && (
        <p id={`${id}-help`} className="max-w-[70ch] break-words text-secondary text-sm">
          {text.help(row)}
        </p>
      )}
      {isLocked && (
        <p className="flex gap-1.5 text-sm">
          <Lock aria-hidden className="mt-0.5 size-4 shrink-0 text-secondary" />
          <span className="min-w-0 break-words">{t('locked', { name: row.locked_by ?? '' })}</span>
        </p>
      )}
      {!row.is_secret && (
        <Usual row={row} held={held} name={name} onReset={() => set(row, unsavedValueOf(row))} />
      )}
      {row.key === 'cache.base_url' && <MediaBaseUrl value={String(held ?? '')} />}
      {(row.key === 'proxy.url' || row.key === 'proxy.media_url') && (
        <ProxyTest proxyKey={row.key} name={name} held={held} isSet={row.is_set} />
      )}
    </div>
  );
}

const unsavedValueOf = (row: SettingRow): FormValue => toFormValue({ ...row, value: row.unsaved_value });

type UsualProps = { row: SettingRow; held: FormValue; name: string; onReset: () => void };

/** What counts when nothing is saved, and the way back to it. */
function Usual({ row, held, name, onReset }: UsualProps) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const isFromFile = row.unsaved_value !== row.default;
  const isUsual = held === unsavedValueOf(row);
  return (
    <p className="flex min-h-6 flex-wrap items-center gap-x-3 text-secondary text-xs">
      <span className="min-w-0 break-words">{t('default', { value: text.value(row, row.default) })}</span>
      {isFromFile && (
        <span className="min-w-0 break-words">
          {t('inFile', { value: text.value(row, row.unsaved_value) })}
        </span>
      )}
      {!isUsual && row.locked_by === null && (
        <Button
          variant="link"
          size="inline"
          className="text-xs max-md:min-h-11"
          aria-label={t('resetOf', { name })}
          onClick={onReset}
        >
          {t('reset')}
        </Button>
      )}
    </p>
  );
}

function Fact({
  icon: Icon,
  text,
  isWarning = false,
}: {
  icon: LucideIcon;
  text: string;
  isWarning?: boolean;
}) {
  return (
    <span
      className={cn('inline-flex items-center gap-1 text-xs', isWarning ? 'text-warning' : 'text-secondary')}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {text}
    </span>
  );
}
