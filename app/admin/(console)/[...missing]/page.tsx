import { notFound } from 'next/navigation';
import { requireSession } from '@/lib/auth/session';

export default async function MissingPage() {
  await requireSession();
  notFound();
}
