import { NotFoundPanel } from '@/components/shell/not-found-panel';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <NotFoundPanel />
    </main>
  );
}
