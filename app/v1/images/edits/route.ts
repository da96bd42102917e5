import { encodeError } from '@/lib/openai/error';
import { preflight } from '@/lib/route/cors';
import { imagesRoute } from '@/lib/route/images-route';
import { methodNotAllowed } from '@/lib/route/not-found';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export const POST = imagesRoute('edit');
export const OPTIONS = preflight;
const refuse = methodNotAllowed(encodeError, 'POST');
export const GET = refuse;
export const PUT = refuse;
export const PATCH = refuse;
export const DELETE = refuse;
