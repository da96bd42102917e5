import Link from 'next/link';
import type * as React from 'react';
import { healthStates } from '@/lib/admin-api/accounts';
import type { Overview } from '@/lib/admin-api/overview';
import { formatCompactCount, formatCount } from '@/lib/format';
import { healthLooks } from '../accounts/health';

/** The numbers of the overview. */
export function StatCards({ overview }: { overview: Overview }) {
  const { health_counts: counts } = overview;
  const inUse = Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.disabled;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-6">
      <Stat
        label="Healthy accounts"
        value={`${formatCount(counts.healthy)} / ${formatCount(inUse)}`}
        className="col-span-2"
        detail={<OtherStates counts={counts} />}
      />
      <Stat label="Jobs running" value={formatCount(overview.jobs_running)} />
      <Stat label="Jobs queued" value={formatCount(overview.jobs_queued)} />
      <Made label="Images today" count={overview.images_today} />
      <Made label="Videos today" count={overview.videos_today} />
    </dl>
  );
}

const Made = ({ label, count }: { label: string; count: number }) => (
  <Stat label={label} value={<span title={formatCount(count)}>{formatCompactCount(count)}</span>} />
);

type StatProps = { label: string; value: React.ReactNode; detail?: React.ReactNode; className?: string };

function Stat({ label, value, detail, className = '' }: StatProps) {
  return (
    <div className={`rounded-lg border border-border bg-card p-4 ${className}`}>
      <dt className="text-secondary text-sm">{label}</dt>
      <dd className="mt-1 font-semibold text-3xl tabular-nums">{value}</dd>
      {detail !== undefined && <dd className="mt-1 text-xs">{detail}</dd>}
    </div>
  );
}

/** How many are in each other state, each a link to exactly those. */
function OtherStates({ counts }: { counts: Overview['health_counts'] }) {
  const others = healthStates.filter((state) => state !== 'healthy' && counts[state] > 0);
  if (others.length === 0) return <span className="text-secondary">of those enabled</span>;
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      {others.map((state) => {
        const { icon: Icon, label } = healthLooks[state];
        return (
          <Link
            key={state}
            href={`/admin/accounts?health=${state}`}
            className="inline-flex min-h-6 items-center gap-1 text-secondary hover:text-text hover:underline"
          >
            <Icon aria-hidden className="size-3.5" />
            {label} {formatCount(counts[state])}
          </Link>
        );
      })}
    </span>
  );
}
