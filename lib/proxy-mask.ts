import { unreadableProxy } from './admin-api/accounts';
import { GatewayError } from './errors';
import type { Runtime } from './runtime';

const dots = '••••';
const anyDot = /•|%E2%80%A2/i;

/** Whether the text has what stands in the place of a secret; no real one has it. */
export const holdsMask = (text: string): boolean => anyDot.test(text);

/** `http://••••@host:8080`: without the user as well, who can be the secret. Nothing tells how long they are. */
export const hideCredentials = (proxyUrl: string): string =>
  proxyUrl.replace(/^([a-z0-9]+:\/\/)[^/]*@/i, `$1${dots}@`);

/** A stored address of a proxy as it may be seen. */
export function showProxy({ secrets }: Pick<Runtime, 'secrets'>, sealed: string): string {
  try {
    return hideCredentials(secrets.open(sealed));
  } catch {
    return unreadableProxy;
  }
}

/**
 * What was sent for a secret that is shown as `shown`; `undefined` when it came back as it was shown, which means "as it
 * is". Throws `invalid_request` on `param` for every other text with dots: they would be stored as the secret.
 */
export function takeSecret(text: string, shown: string | undefined, param: string): string | undefined {
  if (shown !== undefined && shown !== '' && text.trim() === shown) return undefined;
  if (!holdsMask(text)) return text;
  throw new GatewayError('invalid_request', editedMask, { param });
}

/** Why a text with dots in it is refused. */
export const editedMask =
  'The dots stand for a secret that is not shown. Enter all of it, or leave it as it was shown.';
