export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** Alive: the process answers. Whether it can work is asked at `/health/ready`. */
export const GET = () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
