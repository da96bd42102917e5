import { NotFoundPanel } from '@/components/shell/not-found-panel';
import { pageText } from '@/lib/messages/page-text';

export default async function ConsoleNotFound() {
  const t = await pageText('shell');
  return (
    <div className="grid place-items-center py-16">
      <NotFoundPanel title={t('notFound.title')} text={t('notFound.text')} action={t('notFound.action')} />
    </div>
  );
}
