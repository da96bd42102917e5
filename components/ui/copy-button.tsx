'use client';

import { Check, Copy } from 'lucide-react';
import type * as React from 'react';
import { useEffect, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { Button } from './button';
import { fieldClasses } from './input';
import { Popover, PopoverAnchor, PopoverContent } from './popover';

type CopyButtonProps = {
  text: string;
  /** Says what is copied: "Copy request id". It is the accessible name, and the visible one unless the button is small. */
  label: string;
  /** An icon alone, for use inside of a line or a cell. */
  isSmall?: boolean;
  variant?: React.ComponentProps<typeof Button>['variant'];
  onCopied?: () => void;
  className?: string;
};

const tickMs = 2_000;

/**
 * Copies a text. Where the page has no clipboard (plain HTTP on a LAN), it shows the text selected, and the reader
 * presses Ctrl+C. The toast never shows what was copied.
 */
export function CopyButton({
  text,
  label,
  isSmall = false,
  variant = isSmall ? 'ghost' : 'outline',
  onCopied,
  className,
}: CopyButtonProps) {
  const t = useTranslations('common');
  const [isByHand, setIsByHand] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = () => {
    setIsByHand(false);
    setIsCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsCopied(false), tickMs);
    toast.success(t('copied'));
    onCopied?.();
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // There is none, or it may not be used.
      setIsByHand(true);
      return;
    }
    tell();
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <Popover open={isByHand} onOpenChange={(isOpen) => !isOpen && setIsByHand(false)}>
      <PopoverAnchor asChild>
        <Button
          ref={button}
          variant={variant}
          size={isSmall ? 'iconSmall' : 'default'}
          className={className}
          aria-label={isSmall ? label : undefined}
          onClick={() => void copy()}
        >
          <Icon aria-hidden />
          {!isSmall && label}
        </Button>
      </PopoverAnchor>
      <PopoverContent
        aria-label={label}
        onOpenAutoFocus={(event) => event.preventDefault()}
        onCloseAutoFocus={() => button.current?.focus()}
      >
        <SelectedText text={text} label={label} onCopy={tell} />
      </PopoverContent>
    </Popover>
  );
}

function SelectedText({ text, label, onCopy }: { text: string; label: string; onCopy: () => void }) {
  const t = useTranslations('common');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <div className="grid gap-2">
      <p className="font-medium">{t('pressCtrlC')}</p>
      <textarea
        ref={field}
        readOnly
        aria-label={label}
        value={text}
        rows={text.includes('\n') ? 5 : 2}
        onFocus={(event) => event.target.select()}
        // The event comes before the browser copies: what is selected must stay until it has.
        onCopy={() => setTimeout(onCopy)}
        className={`${fieldClasses} break-all py-2 font-mono`}
      />
    </div>
  );
}
