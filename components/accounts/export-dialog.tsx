'use client';

import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { exportAccounts, exportAccountsCsv, type StartBulkInput } from '@/lib/admin-api/accounts';
import { callAdmin, encodeQuery } from '@/lib/admin-api/client';
import { needsPassword, PasswordDialog } from '../settings/password-dialog';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { CheckboxField } from '../ui/checkbox';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Notice } from '../ui/notice';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { download } from './download';
import { Problem } from './problem';
import { useCall } from './use-call';

type ExportTarget = Pick<StartBulkInput, 'ids' | 'filter' | 'all'>;

/** What can be exported now: the ticked accounts, those that match the filters, all. */
export type ExportChoice = {
  id: 'selected' | 'filtered' | 'all';
  target: ExportTarget;
  count: number | undefined;
};

type ExportDialogProps = { choices: readonly ExportChoice[]; onClose: () => void };

/** Accounts as a file. Without a wish there is no secret in it. */
export function ExportDialog({ choices, onClose }: ExportDialogProps) {
  const t = useTranslations('accounts.export');
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title={t('title')} description={t('what')}>
        <ExportForm choices={choices} onDone={onClose} />
      </DialogContent>
    </Dialog>
  );
}

type Wanted = { target: ExportTarget; withSecrets: boolean; password?: string };

async function saveJson({ target, withSecrets, password }: Wanted): Promise<void> {
  const accounts = await callAdmin(exportAccounts, {
    body: {
      ...target,
      include_secrets: withSecrets,
      ...(password === undefined ? {} : { password }),
    },
  });
  const name = withSecrets ? 'accounts-with-secrets.json' : 'accounts.json';
  download(name, JSON.stringify(accounts, null, 2), 'application/json');
}

const csvPath = ({ ids, filter }: ExportTarget) =>
  `${exportAccountsCsv.path}${encodeQuery(ids === undefined ? filter : { id: ids })}`;

function ExportForm({ choices, onDone }: { choices: readonly ExportChoice[]; onDone: () => void }) {
  const t = useTranslations('accounts.export');
  const common = useTranslations('common');
  const format = useFormat();
  const [which, setWhich] = useState(choices[0]?.id ?? 'all');
  const [isCsv, setIsCsv] = useState(false);
  const [withSecrets, setWithSecrets] = useState(false);
  const [asked, setAsked] = useState<'confirm' | 'password'>();
  const { run, isPending, error } = useCall(saveJson);
  const choice = choices.find(({ id }) => id === which) ?? choices[0];
  const target = choice?.target ?? { all: true };
  const save = async (wanted: Wanted) => {
    const ended = await run(wanted);
    if (ended === undefined) return;
    if ('output' in ended) return onDone();
    setAsked(needsPassword(ended.error) ? 'password' : undefined);
  };
  return (
    <>
      <form
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (withSecrets) setAsked('confirm');
          else void save({ target, withSecrets: false });
        }}
      >
        <DialogBody>
          <Problem error={needsPassword(error) ? null : error} />
          <fieldset>
            <legend className="font-medium">{t('accounts')}</legend>
            <RadioGroup
              aria-label={t('accounts')}
              value={which}
              onValueChange={(value) => setWhich(choices.find(({ id }) => id === value)?.id ?? 'all')}
            >
              {choices.map(({ id, count }) => (
                <RadioItem
                  key={id}
                  value={id}
                  label={count === undefined ? t(id) : `${t(id)} (${format.count(count)})`}
                />
              ))}
            </RadioGroup>
          </fieldset>
          <fieldset>
            <legend className="font-medium">{t('format')}</legend>
            <RadioGroup
              aria-label={t('format')}
              value={isCsv ? 'csv' : 'json'}
              onValueChange={(value) => {
                setIsCsv(value === 'csv');
                if (value === 'csv') setWithSecrets(false);
              }}
            >
              <RadioItem value="json" label="JSON" hint={t('jsonHint')} />
              <RadioItem value="csv" label="CSV" hint={t('csvHint')} />
            </RadioGroup>
          </fieldset>
          <CheckboxField
            label={t('includeSecrets')}
            hint={t('includeSecretsHint')}
            checked={withSecrets}
            disabled={isCsv}
            onCheckedChange={(checked) => setWithSecrets(checked === true)}
          />
          {withSecrets && <Notice tone="warning">{t('warning')}</Notice>}
        </DialogBody>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">{common('cancel')}</Button>
          </DialogClose>
          {isCsv ? (
            <Button asChild>
              <a href={csvPath(target)} download="accounts.csv" onClick={() => setTimeout(onDone)}>
                {t('title')}
              </a>
            </Button>
          ) : (
            <Button type="submit" isBusy={isPending}>
              {t('title')}
            </Button>
          )}
        </DialogFooter>
      </form>
      <ConfirmDialog
        isOpen={asked === 'confirm'}
        onOpenChange={(isOpen) => !isOpen && setAsked(undefined)}
        title={t('confirmTitle')}
        confirmLabel={t('confirmLabel')}
        isBusy={isPending}
        onConfirm={() => void save({ target, withSecrets: true })}
      >
        <p>{t('confirm')}</p>
      </ConfirmDialog>
      <PasswordDialog
        isOpen={asked === 'password'}
        onOpenChange={(isOpen) => !isOpen && setAsked(undefined)}
        onPassword={async (password) => {
          await saveJson({ target, withSecrets: true, password });
          onDone();
        }}
      />
    </>
  );
}
