/** What a sign-in form shows after it was sent. */
export type SignInState = {
  /** Above the form. */
  message?: string;
  /** Beside fields, by their name. */
  fields?: Record<string, string>;
  /** Seconds until the next try. */
  retryAfterSeconds?: number;
  /** Tells two answers of the same words apart. */
  sentAt?: number;
};

const texts: Readonly<Record<string, string>> = {
  wrong_credentials: 'Username or password is wrong.',
  code: 'This is not the setup code. It stands in the terminal where the gateway was started.',
  username: 'Enter a username of at most 64 characters.',
  password: 'Use at least 12 and at most 200 characters for the password.',
  repeat: 'The two passwords differ.',
  setup_done: 'The administrator has been created already. Sign in.',
  cross_site_request:
    'The gateway was called under another name than this page has. Let the proxy in between pass on the Host header, or set PUBLIC_URL.',
};

/** What the address says after a form was refused where scripts do not run: a word, and perhaps seconds to wait. */
export function readRefusal(refused: string | undefined, retryAfter: string | undefined): SignInState {
  if (refused === undefined) return {};
  if (/^\d{1,4}$/.test(retryAfter ?? '')) return { retryAfterSeconds: Number(retryAfter) };
  return { message: texts[refused] ?? 'That did not work. Check what you entered, and try again.' };
}
