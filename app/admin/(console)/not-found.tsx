import { NotFoundPanel } from '@/components/shell/not-found-panel';

export default function ConsoleNotFound() {
  return (
    <div className="grid place-items-center py-16">
      <NotFoundPanel />
    </div>
  );
}
