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
