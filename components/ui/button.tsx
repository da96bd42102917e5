import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { Slot } from 'radix-ui';
import type * as React from 'react';
import { cn } from '@/lib/cn';

const buttonVariants = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium text-base whitespace-nowrap transition-colors duration-150 aria-disabled:cursor-not-allowed aria-disabled:opacity-60 disabled:cursor-not-allowed disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-on-primary hover:bg-primary/90',
        outline: 'border border-input bg-card text-text hover:bg-muted',
        ghost: 'text-text hover:bg-muted',
        danger: 'bg-danger text-on-danger hover:bg-danger/90',
        dangerOutline: 'border border-input bg-card text-danger hover:bg-danger-soft',
        link: 'text-primary underline-offset-4 hover:underline',
      },
      size: {
        default: 'h-11 px-4 md:h-9',
        small: 'h-11 px-3 text-sm md:h-8',
        icon: 'size-11 md:size-9',
        iconSmall: 'size-11 md:size-7',
        /** In a line of text: as high as the line, at least as high as a finger-tip needs where a mouse is not. */
        inline: 'h-auto min-h-6 px-0',
      },
    },
    defaultVariants: { variant: 'primary', size: 'default' },
  },
);

type ButtonProps = React.ComponentProps<'button'> &
  VariantProps<typeof buttonVariants> & {
    asChild?: boolean;
    /** Shows that it is at work; clicks do nothing meanwhile. The width stays. */
    isBusy?: boolean;
  };

export function Button({
  className,
  variant,
  size,
  asChild = false,
  isBusy = false,
  type,
  onClick,
  children,
  ...props
}: ButtonProps) {
  const classes = cn(buttonVariants({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type ?? 'button'}
      className={cn(classes, isBusy && 'relative')}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {isBusy && <LoaderCircle aria-hidden className="absolute animate-spin motion-reduce:animate-none" />}
      <span className={cn('inline-flex items-center gap-2', isBusy && 'opacity-0')}>{children}</span>
    </button>
  );
}
