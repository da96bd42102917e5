import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signature of a CDN link over its path and its end. */
export function sign(key: Buffer, path: string, expires: string): string {
  return createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');
}

export function isSignedBy(
  key: Buffer,
  signed: { path: string; expires: string; signature: string },
): boolean {
  const expected = Buffer.from(sign(key, signed.path, signed.expires));
  const given = Buffer.from(signed.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
