import { join } from 'node:path';
import { ConfigError } from '@/config/config-error';
import type { Env } from '@/config/env';
import type { Logger } from '../observability/log';
import { openDiskStore } from './disk-store';
import type { MediaStore } from './store';

/** Opens the store that the environment names. */
export function openMediaStore(
  { dataDir, mediaStore }: Pick<Env, 'dataDir' | 'mediaStore'>,
  log: Pick<Logger, 'warn'>,
): Promise<MediaStore> {
  switch (mediaStore.kind) {
    case 'disk':
      return openDiskStore(join(/* turbopackIgnore: true */ dataDir, 'media'), (key, error) =>
        log.warn({ key, err: error }, 'a part of the media folder cannot be read, and is passed over'),
      );
    case 's3':
      throw new ConfigError([
        {
          key: 'MEDIA_STORE',
          fault: 'names an S3 store, which this release does not have',
          allowed: '`disk`',
        },
      ]);
  }
}
