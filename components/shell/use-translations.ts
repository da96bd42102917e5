'use client';

import type * as React from 'react';
import { useTranslations as useUntyped } from 'use-intl';
import type { Scope, TextKey, TextValues } from '@/lib/messages/messages';

/** The texts of one part of the console. */
export interface Texts<P extends Scope> {
  (key: TextKey<P>, values?: TextValues): string;
  /** With marks in the text: `<link>here</link>` by a function of what stands inside. */
  rich(
    key: TextKey<P>,
    values: Record<
      string,
      TextValues[string] | React.ReactNode | ((inside: React.ReactNode) => React.ReactNode)
    >,
  ): React.ReactNode;
  has(key: string): key is TextKey<P>;
}

/** What `useTranslations` of the library does; its own types of keys cost a minute of every type check. */
export const useTranslations = <P extends Scope>(part: P): Texts<P> =>
  useUntyped(part) as unknown as Texts<P>;
