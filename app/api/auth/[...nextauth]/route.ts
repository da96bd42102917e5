import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/session';
import { getRuntime } from '@/lib/runtime';

const handler = async (
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> => NextAuth(request, context, authOptions(await getRuntime(), request.headers));

export { handler as GET, handler as POST };
