'use client';

import { Eye, EyeOff } from 'lucide-react';
import type * as React from 'react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { Input } from '../ui/input';

/** A password with a button that shows what was typed. */
export function PasswordInput({ className, ...props }: Omit<React.ComponentProps<'input'>, 'type'>) {
  const t = useTranslations('login');
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input
        {...props}
        type={isShown ? 'text' : 'password'}
        spellCheck={false}
        autoCapitalize="off"
        className={cn('pr-12', className)}
      />
      <button
        type="button"
        aria-label={t('showPassword')}
        aria-pressed={isShown}
        onClick={() => setIsShown((shown) => !shown)}
        className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-md text-secondary hover:text-text"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  );
}
