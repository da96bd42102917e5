import type { ModelDefaults } from '../models/types';
import type { Runtime } from '../runtime';
import type { KeyedCall } from './gateway-route';
import { fieldsLimits, readFields } from './read-fields';
import type { FieldsBody } from './read-multipart';

const bytesPerMb = 1_000_000;

/** The body of a request about videos, JSON or multipart, within the limits of pictures. */
export const readVideoBody = ({
  runtime,
  request,
  room,
}: Pick<KeyedCall, 'runtime' | 'request' | 'room'>): Promise<FieldsBody> =>
  readFields(request, {
    ...fieldsLimits,
    room,
    maxFileBytes: runtime.settings.current()['references.max_bytes'] * bytesPerMb,
  });

/** What the names of OpenAI's models, and requests without one, mean. */
export function videoDefaults({ settings }: Pick<Runtime, 'settings'>): ModelDefaults {
  const current = settings.current();
  return {
    image: current['generation.default_image_model'],
    video: current['generation.default_video_model'],
  };
}
