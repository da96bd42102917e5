import * as contract from '@/lib/admin-api/openapi';
import { makeOpenApiDocument } from '@/lib/admin-api/openapi-document';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { adminRoute } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readOpenApi, async () =>
  makeOpenApiDocument({ sessionCookie: sessionCookieName }),
);
