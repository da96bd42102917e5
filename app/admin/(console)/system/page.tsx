import type { Metadata } from 'next';
import { PageTitle } from '@/components/shell/page-title';
import { SystemPanel } from '@/components/system/system-panel';
import { listAudit } from '@/lib/audit';
import { requireSession } from '@/lib/auth/session';
import { pageText } from '@/lib/messages/page-text';
import { getRuntime } from '@/lib/runtime';
import { listLoops, readSystem } from '@/lib/system';

export async function generateMetadata(): Promise<Metadata> {
  const t = await pageText('shell');
  return { title: t('pages.system') };
}

const auditLength = 100;

export default async function SystemPage() {
  await requireSession();
  const runtime = await getRuntime();
  const [system, loops, audit] = await Promise.all([
    readSystem(runtime),
    listLoops(runtime),
    listAudit(runtime, { limit: auditLength }),
  ]);
  const t = await pageText('shell');
  return (
    <>
      <PageTitle title={t('pages.system')} />
      <SystemPanel initial={{ system, loops, audit: audit.items }} />
    </>
  );
}
