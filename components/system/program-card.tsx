'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { SystemView } from '@/lib/admin-api/system';
import { useTimeText } from '../clock/clock';
import { Missing, PastTime } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts, Panel } from './panel';

/** What runs here, since when, and on what. */
export function ProgramCard({ system }: { system: SystemView }) {
  const t = useTranslations('system');
  const common = useTranslations('common');
  const format = useFormat();
  const up = useTimeText((now) =>
    format.duration(Math.max(0, now.getTime() - new Date(system.started_at).getTime())),
  );
  const { commit, built_at: built, disk, clock_offset_ms: offsetMs } = system;
  return (
    <Panel title={t('program.title')}>
      <Facts>
        <Fact name={t('program.version')}>{system.version}</Fact>
        <Fact name={t('program.commit')}>
          {commit === null ? (
            <Missing />
          ) : (
            <span className="inline-flex max-w-full items-center gap-1">
              <code className="truncate font-mono text-xs">{commit.slice(0, 12)}</code>
              <CopyButton isSmall text={commit} label={`${common('copy')}: ${t('program.commit')}`} />
            </span>
          )}
        </Fact>
        <Fact name={t('program.built')}>{built === null ? <Missing /> : <BuiltAt at={built} />}</Fact>
        <Fact name={t('program.runtime')}>{`Node ${system.node} · ${system.platform}`}</Fact>
        <Fact name={t('program.uptime')}>
          {t.rich('program.uptimeOf', { time: () => <PastTime at={system.started_at} />, duration: up })}
        </Fact>
        <Fact name={t('program.memory')}>{format.size(system.memory_bytes)}</Fact>
        <Fact name={t('program.disk')}>
          {disk === null ? (
            <Missing />
          ) : (
            t('program.free', { free: format.size(disk.free_bytes), total: format.size(disk.total_bytes) })
          )}
        </Fact>
        <Fact name={t('program.clock')}>
          {offsetMs === null ? (
            <Missing />
          ) : (
            `${offsetMs < 0 ? '−' : '+'}${format.duration(Math.abs(offsetMs))}`
          )}
        </Fact>
        <Fact name={t('program.zone')}>{system.time_zone}</Fact>
        <Fact name={t('program.instance')}>
          <code className="break-all font-mono text-xs">{system.instance_id}</code>
        </Fact>
      </Facts>
    </Panel>
  );
}

/** Whoever built it may have written anything. */
function BuiltAt({ at }: { at: string }) {
  return Number.isNaN(Date.parse(at)) ? at : <PastTime at={new Date(at).toISOString()} />;
}
