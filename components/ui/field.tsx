'use client';

import { CircleAlert } from 'lucide-react';
import type * as React from 'react';
import { useId } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';

type FieldProps = {
  label: string;
  /** One line below the label; part of the accessible description. */
  hint?: React.ReactNode;
  error?: string | undefined;
  isOptional?: boolean;
  isRequired?: boolean;
  className?: string;
  /** Draws the control with the attributes that tie it to label, hint and error. */
  children: (control: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }) => React.ReactNode;
};

/** A labelled control with its hint and its error, tied together for assistive technology. */
export function Field({
  label,
  hint,
  error,
  isOptional = false,
  isRequired = false,
  className,
  children,
}: FieldProps) {
  const t = useTranslations('common');
  const id = useId();
  // An error says what would be right, so it takes the place of the hint.
  const isHintShown = hint !== undefined && error === undefined;
  const hintId = !isHintShown ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const describedBy = [hintId, errorId].filter((part) => part !== undefined).join(' ');
  return (
    <div className={cn('grid gap-1.5', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
        {isOptional && <span className="font-normal text-secondary"> ({t('optional')})</span>}
        {isRequired && <span className="font-normal text-secondary"> ({t('required')})</span>}
      </label>
      {children({
        id,
        ...(error === undefined ? {} : { 'aria-invalid': true }),
        ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
      })}
      {isHintShown && (
        <div id={hintId} className="text-secondary text-xs">
          {hint}
        </div>
      )}
      {error !== undefined && (
        <p id={errorId} role="alert" className="flex gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">{error}</span>
        </p>
      )}
    </div>
  );
}
