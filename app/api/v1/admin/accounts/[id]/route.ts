import { viewAccountDetail } from '@/lib/accounts/detail';
import { editAccount, getAccount } from '@/lib/accounts/edit';
import { viewAccount } from '@/lib/accounts/list';
import { removeAccount } from '@/lib/accounts/remove';
import * as contract from '@/lib/admin-api/accounts';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';

export const GET = adminRoute(contract.getAccount, async (runtime, { params }) =>
  viewAccountDetail(runtime, await getAccount(runtime, params.id)),
);

export const PATCH = adminRoute(contract.editAccount, async (runtime, { params, body, headers, actor }) => {
  const { version = findIfMatch(headers), ...edits } = body;
  return viewAccount(runtime, await editAccount(runtime, { id: params.id, actor }, edits, version));
});

export const DELETE = adminRoute(contract.deleteAccount, (runtime, { params, actor }) =>
  removeAccount(runtime, { id: params.id, actor }),
);

/** The version in `If-Match`, RFC 9110 §13.1.1; `*` fits every version. */
function findIfMatch(headers: Headers): string | undefined {
  const given = headers
    .get('if-match')
    ?.trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
  return given === '*' ? undefined : given;
}

const refuse = refuseMethod('GET', 'PATCH', 'DELETE');

export { refuse as POST, refuse as PUT };
