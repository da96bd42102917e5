'use client';

import { useTranslations } from '@/components/shell/use-translations';
import type { AccountDetail } from '@/lib/admin-api/accounts';
import { Button } from '../ui/button';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { type DetailTab, detailTabs } from './account-list';
import { AccountOverview } from './account-overview';
import { AccountProjects } from './account-projects';
import { AccountRequests } from './account-requests';
import { EditForm } from './edit-form';
import { SecretsSection } from './secrets-section';
import { useAccountActions } from './use-account-actions';

type AccountDetailViewProps = {
  account: AccountDetail;
  tab: DetailTab;
  onTab: (tab: DetailTab) => void;
  onDirty: (count: number) => void;
};

/** Everything about one account, in the drawer and on its own page. */
export function AccountDetailView({ account, tab, onTab, onDirty }: AccountDetailViewProps) {
  const t = useTranslations('accounts');
  return (
    <Tabs
      value={tab}
      onValueChange={(value) => onTab(detailTabs.find((known) => known === value) ?? 'overview')}
    >
      <TabsList aria-label={t('tabs.label')}>
        {detailTabs.map((name) => (
          <TabsTrigger key={name} value={name}>
            {t(`tabs.${name}`)}
          </TabsTrigger>
        ))}
      </TabsList>
      <TabsContent value="overview">
        <AccountOverview account={account} />
      </TabsContent>
      <TabsContent value="projects">
        <AccountProjects account={account} />
      </TabsContent>
      <TabsContent value="requests">
        <AccountRequests id={account.id} />
      </TabsContent>
      <TabsContent value="configuration" className="grid grid-cols-1 gap-5">
        <SecretsSection key={`secrets ${account.id}`} account={account} />
        {account.is_being_removed ? (
          <p className="text-secondary">{t('problem.beingRemoved')}</p>
        ) : (
          <EditForm key={`edit ${account.id}`} account={account} onDirty={onDirty} />
        )}
      </TabsContent>
      <TabsContent value="danger">
        <DangerZone account={account} />
      </TabsContent>
    </Tabs>
  );
}

function DangerZone({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const { run } = useAccountActions();
  return (
    <section aria-label={t('tabs.danger')} className="grid gap-3 rounded-md border border-danger p-4">
      <p>{t('confirm.delete')}</p>
      <div>
        <Button
          variant="danger"
          disabled={account.is_being_removed}
          onClick={() => run(account, { type: 'delete' })}
        >
          {t('confirm.deleteLabel')}
        </Button>
      </div>
    </section>
  );
}
