import { encodeError as encodeGeminiError } from '@/lib/gemini/error';
import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { listGeminiModels } from '@/lib/route/gemini-models-route';
import { methodNotAllowed, unknownUrl } from '@/lib/route/not-found';
import { whileCompatible } from '@/lib/route/while-compatible';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

// An address of the predecessor: its models in Gemini's form.
const unknown = unknownUrl(encodeError);
const list = whileCompatible(listGeminiModels, unknown);
export const GET = list;
export const HEAD = list;
const refuse = whileCompatible(methodNotAllowed(encodeGeminiError, 'GET', 'HEAD'), unknown);
export const POST = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
export const OPTIONS = preflight;
