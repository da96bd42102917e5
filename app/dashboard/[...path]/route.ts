import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { unknownUrl } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

// NextChat asks for `/dashboard/billing/usage` and `/dashboard/billing/subscription` from its page, which can read an
// answer in JSON that it may read, and no page of ours.
const answer = unknownUrl(encodeError);
export const GET = answer;
export const HEAD = answer;
export const POST = answer;
export const PUT = answer;
export const PATCH = answer;
export const DELETE = answer;
export const OPTIONS = preflight;
