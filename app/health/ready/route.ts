import { checkReadiness } from '@/lib/route/readiness';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const GET = async () => {
  const checks = await checkReadiness();
  const isReady = Object.values(checks).every(Boolean);
  return Response.json(
    { status: isReady ? 'ready' : 'not_ready', checks },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
};
