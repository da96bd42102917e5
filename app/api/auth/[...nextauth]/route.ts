import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/session';
import { answerNextAuth } from '@/lib/route/next-auth-route';

const handler = (
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> =>
  answerNextAuth(request, async (runtime, form, onThrottled) => {
    const { url, method } = request;
    const headers = new Headers(request.headers);
    headers.delete('content-length');
    const small = new NextRequest(url, { method, headers, ...(form === undefined ? {} : { body: form }) });
    return NextAuth(small, context, authOptions(runtime, request.headers, onThrottled));
  });

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
