import * as contract from '@/lib/admin-api/openapi';
import { makeOpenApiDocument } from '@/lib/admin-api/openapi-document';
import { sessionCookieName } from '@/lib/auth/session-cookie';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.readOpenApi, async () =>
  makeOpenApiDocument({ sessionCookie: sessionCookieName }),
);

const refuse = refuseMethod('GET');

export { refuse as DELETE, refuse as PATCH, refuse as POST, refuse as PUT };
