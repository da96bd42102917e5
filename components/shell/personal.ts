'use client';

import { usePreferences } from './preferences-provider';

const dots = '•••';

/** An e-mail address of which only the first sign and the domain can be read. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? dots : `${Array.from(email)[0] ?? ''}${dots}${email.slice(at)}`;
}

/** E-mail addresses, remarks and prompts as they may be shown: whole, or hidden for a screenshot. */
export function usePersonal() {
  const { hidesPersonal } = usePreferences();
  return {
    isHidden: hidesPersonal,
    email: (email: string) => (hidesPersonal ? maskEmail(email) : email),
    /** A remark or a prompt. */
    text: (text: string) => (hidesPersonal && text !== '' ? dots.repeat(2) : text),
  };
}
