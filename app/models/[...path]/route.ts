import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { unknownUrl } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

// The predecessor took `/models/{model}:generateContent` here. Until this gateway speaks Gemini, a client is told so in
// JSON, not with a page.
const answer = unknownUrl(encodeError);
export const GET = answer;
export const HEAD = answer;
export const POST = answer;
export const PUT = answer;
export const PATCH = answer;
export const DELETE = answer;
export const OPTIONS = preflight;
