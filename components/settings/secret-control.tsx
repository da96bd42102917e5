'use client';

import { Eye, EyeOff, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { SettingRow } from '@/lib/admin-api/settings';
import { useErrorText } from '../shell/use-error-text';
import { useShownSecret } from '../shell/use-shown-secret';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { useFieldText } from './field-text';
import type { FormValue } from './form-values';
import { needsPassword, PasswordDialog } from './password-dialog';
import { sendReveal } from './queries';
import type { ControlParts } from './value-control';

type SecretControlProps = {
  row: SettingRow;
  held: FormValue;
  control: ControlParts;
  onChange: (value: FormValue) => void;
};

/** A secret: what may be seen of it, the way to see all of it, and a field for another. */
export function SecretControl({ row, held, control, onChange }: SecretControlProps) {
  const t = useTranslations('settings');
  const text = useFieldText();
  const name = text.label(row);
  const { inputRef, ...parts } = control;
  const isLocked = row.locked_by !== null;
  const isRemoved = held === null;
  return (
    <div className="grid gap-2">
      {row.is_set ? (
        <Stored row={row} name={name} isRemoved={isRemoved} onRemove={() => onChange(null)} />
      ) : (
        <p className="text-secondary text-sm">{t('secret.none')}</p>
      )}
      {isRemoved && (
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="text-warning">{t('secret.removed')}</span>
          <Button variant="outline" size="small" onClick={() => onChange('')}>
            <Undo2 aria-hidden />
            {t('secret.keepStored')}
          </Button>
        </p>
      )}
      {!isLocked && (
        <Input
          {...parts}
          ref={inputRef}
          value={typeof held === 'string' ? held : ''}
          disabled={isRemoved}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={row.kind === 'proxy_url' ? 'http://user:password@host:8080' : ''}
          className="max-w-[640px] font-mono"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {row.is_set && !isLocked && !isRemoved && <p className="text-secondary text-xs">{t('secret.keep')}</p>}
    </div>
  );
}

type StoredProps = { row: SettingRow; name: string; isRemoved: boolean; onRemove: () => void };

function Stored({ row, name, isRemoved, onRemove }: StoredProps) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const { shown, show, hide } = useShownSecret<string>();
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const reveal = async (password?: string) => {
    const { value } = await sendReveal({ key: row.key, ...(password === undefined ? {} : { password }) });
    setIsAsking(false);
    show(value);
  };
  const ask = async () => {
    setIsBusy(true);
    setProblem(undefined);
    try {
      await reveal();
    } catch (error) {
      if (needsPassword(error)) setIsAsking(true);
      else setProblem(errorText(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-secondary text-sm">{t('secret.stored')}</span>
        <code className="min-w-0 break-all rounded-md bg-muted px-2 py-1 font-mono text-sm">
          {shown ?? row.masked}
        </code>
        {shown === undefined ? (
          <Button
            variant="outline"
            size="small"
            isBusy={isBusy}
            aria-label={t('secret.revealOf', { name })}
            onClick={() => void ask()}
          >
            <Eye aria-hidden />
            {t('secret.reveal')}
          </Button>
        ) : (
          <>
            <CopyButton text={shown} label={common('copy')} isSmall />
            <Button variant="outline" size="small" aria-label={t('secret.hideOf', { name })} onClick={hide}>
              <EyeOff aria-hidden />
              {t('secret.hide')}
            </Button>
          </>
        )}
        {!isRemoved && row.locked_by === null && (
          <Button
            variant="dangerOutline"
            size="small"
            aria-label={t('secret.removeOf', { name })}
            onClick={onRemove}
          >
            <Trash2 aria-hidden />
            {t('secret.remove')}
          </Button>
        )}
      </div>
      <p role="status" className="text-secondary text-xs empty:hidden">
        {shown !== undefined && t('secret.shown')}
      </p>
      <div role="alert" className="empty:hidden">
        {problem !== undefined && <Notice tone="danger">{problem}</Notice>}
      </div>
      <PasswordDialog isOpen={isAsking} onOpenChange={setIsAsking} onPassword={reveal} />
    </div>
  );
}
