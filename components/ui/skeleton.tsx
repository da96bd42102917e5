import { cn } from '@/lib/cn';

/** Stands where something will be, in its final size. It appears only when that takes longer than a blink. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden
      className={cn(
        'animate-[skeleton-in_200ms_200ms_both] rounded-md bg-muted motion-reduce:animate-none',
        className,
      )}
    />
  );
}
