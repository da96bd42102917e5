import { cva, type VariantProps } from 'class-variance-authority';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type * as React from 'react';
import { cn } from '@/lib/cn';

const noticeVariants = cva('flex gap-2 rounded-md px-3 py-2 text-sm', {
  variants: {
    tone: {
      danger: 'bg-danger-soft text-danger',
      warning: 'bg-warning-soft text-warning',
      success: 'bg-success-soft text-success',
      info: 'bg-info-soft text-info',
    },
  },
  defaultVariants: { tone: 'info' },
});

const icons = { danger: CircleAlert, warning: TriangleAlert, success: CircleCheck, info: Info };

type NoticeProps = React.ComponentProps<'div'> & VariantProps<typeof noticeVariants>;

/** A sentence that stands out: icon, colour and words say the same. */
export function Notice({ tone, className, children, ...props }: NoticeProps) {
  const Icon = icons[tone ?? 'info'];
  return (
    <div className={cn(noticeVariants({ tone }), className)} {...props}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 break-words">{children}</div>
    </div>
  );
}
