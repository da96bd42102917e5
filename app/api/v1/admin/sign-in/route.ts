import * as contract from '@/lib/admin-api/sign-in';
import { signInOrThrow } from '@/lib/auth/sign-in';
import { refuseMethod } from '@/lib/route/admin-route';
import { signInRoute } from '@/lib/route/sign-in-route';

export const POST = signInRoute(contract.signIn, (runtime, body, visitor) =>
  signInOrThrow(runtime, { ...body, ...visitor }),
);

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
