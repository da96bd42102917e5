import { cva, type VariantProps } from 'class-variance-authority';
import type { LucideIcon } from 'lucide-react';
import { cn } from '@/lib/cn';

const badgeVariants = cva(
  'inline-flex items-center gap-1 rounded-full px-2 py-0.5 font-medium text-xs whitespace-nowrap',
  {
    variants: {
      tone: {
        success: 'bg-success-soft text-success',
        warning: 'bg-warning-soft text-warning',
        danger: 'bg-danger-soft text-danger',
        info: 'bg-info-soft text-info',
        running: 'bg-running-soft text-running',
        neutral: 'bg-neutral-soft text-neutral',
      },
    },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeVariants>['tone']>;

/** A state: icon, word and colour together, never colour alone. */
export function Badge({
  tone,
  icon: Icon,
  label,
  spins = false,
}: {
  tone: Tone;
  icon: LucideIcon;
  label: string;
  spins?: boolean;
}) {
  return (
    <span className={badgeVariants({ tone })}>
      <Icon aria-hidden className={cn('size-3.5', spins && 'animate-spin motion-reduce:animate-none')} />
      {label}
    </span>
  );
}
