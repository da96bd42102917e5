import { cn } from '@/lib/cn';

/** How much of a limit is used, as a thin bar; `valueText` says it in words. */
export function Meter({
  label,
  value,
  max,
  valueText,
  className,
}: {
  label: string;
  value: number;
  max: number;
  valueText: string;
  className?: string;
}) {
  const share = max <= 0 ? 1 : Math.min(1, Math.max(0, value / max));
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> in colours of their own
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.min(value, max)}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuetext={valueText}
      className={cn('h-1.5 overflow-hidden rounded-full bg-border', className)}
    >
      <div className={cn('h-full rounded-full', meterTone(share))} style={{ width: `${share * 100}%` }} />
    </div>
  );
}

function meterTone(share: number): string {
  if (share >= 1) return 'bg-danger';
  return share >= 0.8 ? 'bg-warning' : 'bg-primary';
}
