/**
 * The API key of a request, wherever clients put it: as bearer, in `x-api-key` or `api-key` (clients made for Azure), in
 * `x-goog-api-key` or `?key=` (clients made for Gemini).
 */
export function findPresentedKey(request: Request): string | undefined {
  const { headers } = request;
  const candidates = [
    /^bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1],
    headers.get('x-api-key'),
    headers.get('api-key'),
    headers.get('x-goog-api-key'),
    new URL(request.url).searchParams.get('key'),
  ];
  return candidates.map((key) => key?.trim()).find((key) => key !== undefined && key !== '');
}
