/** What a sign-in form shows after it was sent. */
export type SignInState = {
  /** Above the form. */
  message?: string;
  /** Beside fields, by their name. */
  fields?: Record<string, string>;
  /** Kept, so that it need not be typed again. */
  username?: string;
  code?: string;
  /** Seconds until the next try. */
  retryAfterSeconds?: number;
  /** Tells two answers of the same words apart. */
  sentAt?: number;
};

/** The server action behind a form. */
export type SignInAction = (state: SignInState, form: FormData) => Promise<SignInState>;
