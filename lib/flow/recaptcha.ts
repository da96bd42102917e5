// The wire has a place for a recaptcha value. This gateway makes none: the place stays empty, in the form of the time,
// and where upstream insists the call ends as `upstream_challenge`.

/** Since January 2026. */
export const recaptchaContext = { token: '', applicationType: 'RECAPTCHA_APPLICATION_TYPE_WEB' } as const;

/** In December 2025. */
export const recaptchaToken = '';
