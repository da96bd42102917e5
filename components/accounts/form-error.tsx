import Link from 'next/link';
import { AdminApiError, isSignedOut } from '@/lib/admin-api/client';
import { DialogClose } from '../ui/dialog';
import { Notice } from '../ui/notice';

type FormErrorProps = {
  error: Error | null;
  /** Fields of the form: what is said beside one of them is not said here as well. */
  besides: readonly string[];
};

/** A failure that no field of the form can show: above it, with what helps. */
export function FormError({ error, besides }: FormErrorProps) {
  const fields = error instanceof AdminApiError ? Object.keys(error.detail.fields ?? {}) : [];
  const isShown = error !== null && !fields.some((name) => besides.includes(name));
  return (
    <div role="alert" className="empty:hidden">
      {isShown && (
        <Notice tone="danger">
          <p>{error.message}</p>
          <Help error={error} />
        </Notice>
      )}
    </div>
  );
}

function Help({ error }: { error: Error }) {
  if (!(error instanceof AdminApiError)) return null;
  const { code, details, request_id: requestId } = error.detail;
  if (isSignedOut(error)) {
    return (
      <Link href="/admin/login" target="_blank" className="underline">
        Sign in again in a new tab
      </Link>
    );
  }
  if (code === 'account_exists' && typeof details?.id === 'string') return <LinkToAccount id={details.id} />;
  if (requestId === '') return null;
  return <p className="break-all font-mono text-xs">{requestId}</p>;
}

/** Closes the dialog and shows the account that there is. */
export function LinkToAccount({ id }: { id: string }) {
  return (
    <DialogClose asChild>
      <Link href={`/admin/accounts?q=${id}`} className="font-medium underline">
        Show the account
      </Link>
    </DialogClose>
  );
}
