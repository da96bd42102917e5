import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { createLoader, type SearchParams } from 'nuqs/server';
import { GalleryPanel } from '@/components/gallery/gallery-panel';
import { galleryParsers, mediaList, toMediaQuery } from '@/components/gallery/media-list';
import { listMedia as listContract } from '@/lib/admin-api/media';
import { requireSession } from '@/lib/auth/session';
import { listMedia, summariseMedia } from '@/lib/media/gallery';
import { pageText } from '@/lib/messages/page-text';
import { publicOrigin } from '@/lib/route/public-origin';
import { getRuntime } from '@/lib/runtime';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await pageText('gallery'))('title') };
}

const readPage = createLoader(galleryParsers);

export default async function GalleryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  await requireSession();
  const runtime = await getRuntime();
  const search = await searchParams;
  const state = mediaList.read(search);
  const { before } = readPage(search);
  const query = listContract.query.parse(toMediaQuery(state, before, runtime.now()));
  const [list, summary] = await Promise.all([listMedia(runtime, query), summariseMedia(runtime)]);
  // What is of interest are the headers; the address is what it falls back to.
  const origin = publicOrigin(runtime, new Request('http://localhost', { headers: await headers() }));
  return <GalleryPanel initial={{ state, before, list, summary }} origin={origin} />;
}
