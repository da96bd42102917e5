import * as contract from '@/lib/admin-api/settings';
import { adminRoute, refuseMethod } from '@/lib/route/admin-route';
import { changeSettingRows, listSettingRows } from '@/lib/settings-form';

export const GET = adminRoute(contract.listSettings, async (runtime) => listSettingRows(runtime));

export const PATCH = adminRoute(contract.changeSettings, (runtime, { body, actor }) =>
  changeSettingRows(runtime, body.changes, actor),
);

const refuse = refuseMethod('GET', 'PATCH');

export { refuse as DELETE, refuse as POST, refuse as PUT };
