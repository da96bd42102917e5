import * as contract from '@/lib/admin-api/settings';
import { confirmRecently } from '@/lib/auth/confirm-password';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { revealSettingValue } from '@/lib/settings-form';

export const POST = adminRoute(contract.revealSetting, async (runtime, { body, session, actor }) => {
  await confirmRecently(runtime, session, body.password, actor);
  return revealSettingValue(runtime, body.key, actor);
});

const refuse = refuseMethod('POST');

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
