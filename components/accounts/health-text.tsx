'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { Countdown, PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';

type Health = AccountRow['health'];

const cooldowns = {
  load: 'load',
  concurrency: 'concurrency',
  quota: 'quota',
} as const;

const expiries = {
  dead: 'dead',
  refresh_needed: 'refreshNeeded',
  unreadable: 'unreadable',
  migrated: 'migrated',
} as const;

const blocks = { challenge: 'challenge', model_quota: 'modelQuota', no_access: 'noAccess' } as const;

const errors = {
  upstream_failed: 'upstreamFailed',
  upstream_unavailable: 'upstreamUnavailable',
  upstream_challenge: 'upstreamChallenge',
  unknown_model: 'unknownModel',
} as const;

const pick = <Words extends object>(words: Words, word: string | undefined) =>
  word !== undefined && Object.hasOwn(words, word) ? words[word as keyof Words] : undefined;

/** What is known about the state of an account beyond its word: why, since when, until when. */
export function HealthText({ health }: { health: Health }) {
  const t = useTranslations('accounts.detail');
  const format = useFormat();
  const errorWord = useErrorWords();
  const { state, reason, until, facts } = health;
  const { since, count = 0, limit = count, credits = 0, needed_credits: needed = 0 } = facts;
  const when = () => <PastTime at={since ?? null} />;
  const back = until !== undefined && (
    <>, {t.rich('back', { when: () => <Countdown until={until} over={t('anyMoment')} /> })}</>
  );
  switch (state) {
    case 'disabled':
      return since === undefined ? t('byYou') : t.rich('byYouWhen', { when });
    case 'banned':
      return t('banned', { count, limit, reason: errorWord(reason ?? 'errors') });
    case 'cooldown': {
      const cooldown = pick(cooldowns, reason);
      return (
        <>
          {cooldown === undefined ? t('rateLimited') : t(`cooldown.${cooldown}`)}
          {back}
        </>
      );
    }
    case 'expired': {
      const expiry = pick(expiries, reason);
      return (
        <>
          {since === undefined ? t('refreshFailed') : t.rich('refreshFailedWhen', { when })}
          {expiry !== undefined && `. ${t(`expired.${expiry}`)}`}
        </>
      );
    }
    case 'exhausted':
      return t('exhausted', { credits: format.count(credits), needed: format.count(needed) });
    case 'degraded':
      return (
        <>
          <DegradedText health={health} />
          {back}
        </>
      );
    case 'healthy':
      return since === undefined ? null : t.rich('lastSuccess', { when });
  }
}

function DegradedText({ health: { reason, detail, facts } }: { health: Health }) {
  const t = useTranslations('accounts.detail');
  const format = useFormat();
  const scopeName = useScopeName();
  const { count = 0, limit = count, credits = 0, scope, access_ends_at: end } = facts;
  if (scope !== undefined) return <BlockText scope={scopeName(scope)} reason={reason ?? ''} />;
  if (reason === 'errors') return t('streak', { count, limit });
  if (reason === 'few_credits') return t('fewCredits', { credits: format.count(credits) });
  if (reason === 'access_ended_on_arrival') return t('clock');
  if (reason !== 'refresh_failing') return detail;
  if (end === undefined) return t('refreshFailing');
  return t.rich('accessEnds', { when: () => <Countdown until={end} /> });
}

/** "Videos: Google asks for a challenge". */
export function BlockText({ scope, reason }: { scope: string; reason: string }) {
  const t = useTranslations('accounts.detail');
  const block = pick(blocks, reason);
  return block === undefined ? `${scope}: ${reason}` : t(`block.${block}`, { scope });
}

/** What a block is for, in words; a model is told by the upstream's key. */
export function useScopeName() {
  const t = useTranslations('accounts');
  return (scope: string): string => {
    if (scope === 'image') return t('images');
    return scope === 'video' ? t('videos') : scope;
  };
}

/** An error code in words; one that is not known stays as it is. */
export function useErrorWords() {
  const t = useTranslations('accounts.detail');
  return (code: string): string => {
    const word = pick(errors, code);
    return word === undefined ? code : t(`error.${word}`);
  };
}
