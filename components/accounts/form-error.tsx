import Link from 'next/link';
import { AdminApiError } from '@/lib/admin-api/client';
import { Notice } from '../ui/notice';
import type { FieldErrors } from './field-errors';

/** A failure that no field can show: above the form, with what helps to find it in the log. */
export function FormError({ error, fields }: { error: Error | null; fields: FieldErrors }) {
  return (
    <div role="alert" className="empty:hidden">
      {error !== null && Object.keys(fields).length === 0 && (
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
  if (error.detail.code === 'sign_in_required') {
    return (
      <Link href="/admin/login" target="_blank" className="underline">
        Sign in again in a new tab
      </Link>
    );
  }
  if (error.detail.request_id === '') return null;
  return <p className="break-all font-mono text-xs">{error.detail.request_id}</p>;
}
