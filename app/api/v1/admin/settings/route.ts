import * as contract from '@/lib/admin-api/settings';
import { confirmRecently } from '@/lib/auth/confirm-password';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { changeSettingRows, listSettingRows, needPassword } from '@/lib/settings-form';

export const GET = adminRoute(contract.listSettings, async (runtime) => listSettingRows(runtime));

export const PATCH = adminRoute(contract.changeSettings, async (runtime, { body, session, actor }) => {
  if (needPassword(runtime, body.changes)) await confirmRecently(runtime, session, body.password, actor);
  return changeSettingRows(runtime, body.changes, actor);
});

const refuse = refuseMethod('GET', 'PATCH');

export { refuse as DELETE, refuse as POST, refuse as PUT };
