import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { generateContentRoute } from '@/lib/route/generate-content-route';
import { unknownUrl } from '@/lib/route/not-found';
import { whileCompatible } from '@/lib/route/while-compatible';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

// Addresses of the predecessor: `/models/{model}:generateContent`, `:streamGenerateContent` and `/models/{model}`.
const answer = whileCompatible(generateContentRoute, unknownUrl(encodeError));
export const GET = answer;
export const HEAD = answer;
export const POST = answer;
export const PUT = answer;
export const PATCH = answer;
export const DELETE = answer;
export const OPTIONS = preflight;
