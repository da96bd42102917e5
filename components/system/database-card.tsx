'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { SystemView } from '@/lib/admin-api/system';
import { Missing } from '../clock/time';
import { useFormat } from '../shell/use-format';
import { DiagnosticsButton } from './diagnostics-button';
import { Fact, Facts, Panel } from './panel';

const engines = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;

/** Where the data is; below, what helps somebody who helps. */
export function DatabaseCard({ database }: { database: SystemView['database'] }) {
  const t = useTranslations('system');
  const format = useFormat();
  const pending = database.migrations.filter((migration) => migration.pending).length;
  const link = 'inline-flex min-h-11 items-center text-primary hover:underline md:min-h-6';
  return (
    <Panel title={t('database.title')}>
      <Facts>
        <Fact name={t('database.engine')}>{engines[database.dialect]}</Fact>
        <Fact name={t('database.size')}>
          {database.size_bytes === null ? <Missing /> : format.size(database.size_bytes)}
        </Fact>
        <Fact name={t('database.path')}>
          <code className="break-all font-mono text-xs">{database.path}</code>
        </Fact>
        <Fact name={t('database.backup')}>
          <Missing />
        </Fact>
        <Fact name={t('database.migrations')}>{t('migrations.pending', { count: pending })}</Fact>
      </Facts>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-border border-t px-4 py-3">
        <DiagnosticsButton />
        {/* Not pages of the console. */}
        <a href="/health" className={link}>
          {t('links.health')}
        </a>
        <a href="/metrics" className={link}>
          {t('links.metrics')}
        </a>
      </div>
    </Panel>
  );
}
