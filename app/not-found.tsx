import { NotFoundPanel } from '@/components/shell/not-found-panel';
import { pageText } from '@/lib/messages/page-text';

export default async function NotFound() {
  const t = await pageText('shell');
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <NotFoundPanel title={t('notFound.title')} text={t('notFound.text')} action={t('notFound.action')} />
    </main>
  );
}
