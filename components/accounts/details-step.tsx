'use client';

import type * as React from 'react';
import { useState } from 'react';
import { type AccountCheck, type AccountRow, addAccount } from '@/lib/admin-api/accounts';
import { formatCount } from '@/lib/format';
import { Countdown } from '../clock/time';
import { Button } from '../ui/button';
import { DialogBody, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import type { Checked } from './add-account-dialog';
import { readFieldErrors, useFieldErrors, useFirstFocus } from './field-errors';
import { FormError, LinkToAccount } from './form-error';
import { tierLabels } from './health';
import { KindFields, parseConcurrency } from './kind-fields';
import { useAddAccount } from './queries';

type DetailsStepProps = { checked: Checked; onBack: () => void; onAdded: (row: AccountRow) => void };

/** Step 2: whose account it is, and how it is to be used. */
export function DetailsStep({ checked, onBack, onAdded }: DetailsStepProps) {
  const [remark, setRemark] = useState('');
  const [projectId, setProjectId] = useState('');
  const [image, setImage] = useState({ isOn: true, concurrency: '' });
  const [video, setVideo] = useState({ isOn: true, concurrency: '' });
  const add = useAddAccount();
  const { form, errors, setErrors, clear } = useFieldErrors();
  useFirstFocus(form);
  const isKnown = checked.account.already_added !== undefined;
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (add.isPending || isKnown) return;
    const body = {
      session_token: checked.sessionToken,
      proxy_url: checked.proxyUrl,
      remark,
      project_id: projectId,
      image_enabled: image.isOn,
      video_enabled: video.isOn,
      image_concurrency: parseConcurrency(image.concurrency),
      video_concurrency: parseConcurrency(video.concurrency),
    };
    const parsed = addAccount.body.safeParse(body);
    if (!parsed.success) return setErrors(readFieldErrors(parsed.error));
    add.mutate(body, { onSuccess: onAdded, onError: (error) => setErrors(readFieldErrors(error)) });
  };
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
      <DialogBody>
        <p className="text-secondary text-sm">Step 2 of 2: how the account is used</p>
        <CheckedAccount account={checked.account} />
        <FormError error={add.error} besides={ownFields} />
        {!isKnown && (
          <>
            <Field label="Remark" isOptional error={errors.remark}>
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  value={remark}
                  onChange={(event) => {
                    setRemark(event.target.value);
                    clear('remark');
                  }}
                />
              )}
            </Field>
            <Field
              label="Project id"
              isOptional
              hint="Empty: a new project is created automatically."
              error={errors.project_id}
            >
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  spellCheck={false}
                  className="font-mono"
                  placeholder="Create automatically"
                  value={projectId}
                  onChange={(event) => {
                    setProjectId(event.target.value);
                    clear('project_id');
                  }}
                />
              )}
            </Field>
            <div className="grid gap-4 sm:grid-cols-2">
              <KindFields
                label="Images"
                value={image}
                error={errors.image_concurrency}
                onChange={(value) => {
                  setImage(value);
                  clear('image_concurrency');
                }}
              />
              <KindFields
                label="Videos"
                value={video}
                error={errors.video_concurrency}
                onChange={(value) => {
                  setVideo(value);
                  clear('video_concurrency');
                }}
              />
            </div>
          </>
        )}
      </DialogBody>
      <DialogFooter>
        <Button variant="outline" onClick={onBack}>
          Back
        </Button>
        {!isKnown && (
          <Button type="submit" isBusy={add.isPending}>
            Save
          </Button>
        )}
      </DialogFooter>
    </form>
  );
}

// What is wrong with the token or the proxy has no field here, and stands above the form.
const ownFields = ['remark', 'project_id', 'image_concurrency', 'video_concurrency'];

/** What step 1 found out. Announced, because it comes after a wait. */
function CheckedAccount({ account }: { account: AccountCheck }) {
  const facts = [
    ['Tier', tierLabels[account.tier]],
    ['Credits', formatCount(account.credits)],
    ['Access expires', <Countdown key="expires" until={account.access_expires_at} />],
  ] as const;
  return (
    <div role="status" className="grid gap-3">
      <div className="rounded-md border border-border p-3">
        <p className="break-words font-medium">{account.email}</p>
        {account.name !== null && <p className="text-secondary text-sm">{account.name}</p>}
        <dl className="mt-2 grid grid-cols-3 gap-3 text-sm">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt className="text-secondary text-xs">{name}</dt>
              <dd className="tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {account.already_added !== undefined && (
        <Notice tone="warning">
          {account.email} is already added. Go back and paste the session token of another account.{' '}
          <LinkToAccount id={account.already_added.id} />
        </Notice>
      )}
    </div>
  );
}
