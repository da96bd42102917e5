'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { type AccountDetail, revealSecrets } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { Countdown, PastTime } from '../clock/time';
import { needsPassword, PasswordDialog } from '../settings/password-dialog';
import { useShownSecret } from '../shell/use-shown-secret';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Problem } from './problem';
import { useAccountActions } from './use-account-actions';
import { useCall } from './use-call';

type Revealed = { session_token: string | null; proxy_url: string | null };

const dots = '••••••••••••';

/** What is sealed of an account: that it is there, and for a short time, after the password, what it is. */
export function SecretsSection({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts.secrets');
  const action = useTranslations('accounts.action');
  const { run } = useAccountActions();
  const { shown, show, hide } = useShownSecret<Revealed>();
  const [isAsking, setIsAsking] = useState(false);
  const { session_token: token } = account;
  const send = (password?: string) =>
    callAdmin(revealSecrets, {
      params: { id: account.id },
      body: password === undefined ? {} : { password },
    });
  const { run: reveal, isPending, error } = useCall(() => send());
  const ask = async () => {
    const ended = await reveal(undefined);
    if (ended === undefined) return;
    if ('output' in ended) show(ended.output);
    else setIsAsking(needsPassword(ended.error));
  };
  const canReveal = token.is_stored || account.has_proxy;
  return (
    <section aria-label={t('title')} className="grid gap-3 rounded-md border border-border p-3">
      <h3 className="font-semibold">{t('title')}</h3>
      <Problem error={needsPassword(error) ? null : error} />
      <dl className="grid gap-3 text-sm">
        <div className="grid gap-1">
          <dt className="text-secondary text-xs">{t('sessionToken')}</dt>
          <dd className="grid gap-1.5">
            <span>
              {!token.is_stored && t('none')}
              {token.is_stored &&
                t.rich(token.replaced_at === null ? 'storedSince' : 'replaced', {
                  when: () => <PastTime at={token.replaced_at ?? account.created_at} />,
                })}
            </span>
            {token.is_stored && (
              <Value text={shown?.session_token ?? undefined} label={t('copyToken')} hiddenText={dots} />
            )}
          </dd>
        </div>
        {account.has_proxy && (
          <div className="grid gap-1">
            <dt className="text-secondary text-xs">{t('proxy')}</dt>
            <dd>
              <Value
                text={shown?.proxy_url ?? undefined}
                label={t('copyProxy')}
                hiddenText={account.proxy ?? dots}
              />
            </dd>
          </div>
        )}
        <div className="grid gap-1">
          <dt className="text-secondary text-xs">{t('accessToken')}</dt>
          <dd>
            <Countdown until={account.access_expires_at} />
          </dd>
        </div>
      </dl>
      <div className="flex flex-wrap gap-2">
        {shown === undefined ? (
          <Button variant="outline" isBusy={isPending} disabled={!canReveal} onClick={() => void ask()}>
            <Eye aria-hidden />
            {t('reveal')}
          </Button>
        ) : (
          <Button variant="outline" onClick={hide}>
            <EyeOff aria-hidden />
            {t('hide')}
          </Button>
        )}
        <Button variant="outline" onClick={() => run(account, { type: 'replace_token' })}>
          {action('replace_token')}
        </Button>
      </div>
      <p role="status" className="text-secondary text-xs empty:hidden">
        {shown !== undefined && t('hidesSoon')}
      </p>
      <PasswordDialog
        isOpen={isAsking}
        onOpenChange={setIsAsking}
        onPassword={async (password) => {
          show(await send(password));
          setIsAsking(false);
        }}
      />
    </section>
  );
}

type ValueProps = { text: string | undefined; label: string; hiddenText: string };

function Value({ text, label, hiddenText }: ValueProps) {
  return (
    <span className="flex items-start gap-1">
      <code className="max-h-40 min-w-0 overflow-y-auto break-all rounded-md bg-muted px-2 py-1 font-mono text-xs">
        {text ?? hiddenText}
      </code>
      {text !== undefined && <CopyButton isSmall text={text} label={label} />}
    </span>
  );
}
