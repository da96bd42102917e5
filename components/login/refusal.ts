import { AdminApiError } from '@/lib/admin-api/client';

/** Why a form was refused as a whole. */
export type Refusal = {
  /** Names the text, see `refusalTexts`. */
  code?: string;
  /** Seconds until the next try. */
  retryAfterSeconds?: number;
  /** Tells two refusals of the same words apart. */
  sentAt?: number;
};

/** What there is a text for, `login.refused.<name>`. */
const refusalTexts = [
  'wrong_credentials',
  'wrong_password',
  'code',
  'username',
  'password',
  'repeat',
  'setup_done',
  'cross_site_request',
  'sign_in_required',
  'no_answer',
] as const;

type RefusalText = (typeof refusalTexts)[number] | 'other';

export const refusalText = (code: string): RefusalText =>
  refusalTexts.find((known) => known === code) ?? 'other';

/** What the address says after a form was refused where scripts do not run: a word, and perhaps seconds to wait. */
export function readRefusal(refused: string | undefined, retryAfter: string | undefined): Refusal {
  if (refused === undefined) return {};
  if (/^\d{1,4}$/.test(retryAfter ?? '')) return { retryAfterSeconds: Number(retryAfter) };
  return { code: refusalText(refused) };
}

/** What a field shows that the gateway refused: the name of a text of `login`. */
const fieldTexts: Readonly<Record<string, string>> = {
  code: 'refused.code',
  username: 'refused.username',
  password: 'refused.password',
  repeat: 'refused.repeat',
  current_password: 'refused.wrong_password',
  new_password: 'fault.short',
};

/** A call that failed, as what stands above the form and what stands beside its fields. */
export function refusalOf(error: unknown): { whole: Refusal; fields: Record<string, string> } {
  if (!(error instanceof AdminApiError)) return { whole: { code: 'other' }, fields: {} };
  const { code, fields: refused, retry_after: retryAfterSeconds } = error.detail;
  if (retryAfterSeconds !== undefined) return { whole: { retryAfterSeconds }, fields: {} };
  const fields: Record<string, string> = {};
  for (const name of Object.keys(refused ?? {})) {
    const text = fieldTexts[name];
    if (text !== undefined) fields[name] = text;
  }
  return { whole: Object.keys(fields).length > 0 ? {} : { code: refusalText(code) }, fields };
}
