'use client';

import { useTranslations } from '@/components/shell/use-translations';
import { AdminApiError } from '@/lib/admin-api/client';
import { useErrorText } from '../shell/use-error-text';

/** What this part of the console says by itself about a failure; its code decides. */
const problems = {
  account_exists: 'exists',
  account_being_removed: 'beingRemoved',
  edited_elsewhere: 'editedElsewhere',
  other_account: 'otherAccount',
  secret_unreadable: 'secretUnreadable',
  session_dead: 'sessionDead',
  session_refresh_needed: 'refreshNeeded',
  account_migrated: 'migrated',
  upstream_unavailable: 'upstreamUnavailable',
  upstream_failed: 'upstreamFailed',
  upstream_challenge: 'upstreamChallenge',
  not_found: 'notFound',
  wrong_password: 'wrongPassword',
} as const;

const isKnown = (code: string): code is keyof typeof problems => Object.hasOwn(problems, code);

/** Codes after which the words of the upstream help. */
const fromUpstream: readonly string[] = ['upstream_unavailable', 'upstream_failed', 'upstream_challenge'];

/** A failure in our own words, and, where it helps, in those of whoever failed. */
export function useProblemText() {
  const t = useTranslations('accounts');
  const general = useErrorText();
  return (error: unknown): { text: string; asGiven?: string } => {
    if (!(error instanceof AdminApiError)) return { text: general(error) };
    const { code, message } = error.detail;
    if (!isKnown(code)) return { text: general(error) };
    const text = t(`problem.${problems[code]}`);
    return fromUpstream.includes(code) ? { text, asGiven: message } : { text };
  };
}

/** What the contracts say of a field, and where the same stands in the reader's language. */
export const formMessages = {
  'Enter a session token.': 'enterToken',
  'This does not look like a session token. Copy the value of `__Secure-next-auth.session-token`.':
    'tokenShape',
  'Use http://, https:// or socks5://host:port.': 'proxy',
  'Enter 1 or more, or leave empty for unlimited.': 'concurrency',
  'Enter 1,000 or less, or leave empty for unlimited.': 'concurrencyMost',
  'Use at most 200 characters.': 'remark',
  'A project id has letters, digits and hyphens only.': 'projectId',
  'Enter a title.': 'title',
  'Use at most 100 characters.': 'titleLength',
  'Enter your password.': 'password',
  'The file must hold a JSON array (up to 1,000 accounts, 5 MB).': 'file',
  'The file holds no accounts.': 'fileEmpty',
} as const;

const isFormMessage = (text: string): text is keyof typeof formMessages => Object.hasOwn(formMessages, text);

/** What is wrong with a field, in the reader's language; what is not known here stays as the gateway put it. */
export function useFieldMessage() {
  const t = useTranslations('accounts');
  return (text: string | undefined): string | undefined =>
    text !== undefined && isFormMessage(text) ? t(`form.${formMessages[text]}`) : text;
}
