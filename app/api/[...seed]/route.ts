import { seedHandler } from '@/lib/route/seed-route';
import { seedRoutes } from '@/lib/seed-api/routes';

/** The administration paths of flow2api (Python), and a 404 for whatever else nothing answers below /api. */
const answer = seedHandler(seedRoutes);

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
