import { unknownAdminUrl } from '@/lib/route/admin-route';

export {
  unknownAdminUrl as DELETE,
  unknownAdminUrl as GET,
  unknownAdminUrl as HEAD,
  unknownAdminUrl as OPTIONS,
  unknownAdminUrl as PATCH,
  unknownAdminUrl as POST,
  unknownAdminUrl as PUT,
};
