import { encodeQuery } from '@/lib/admin-api/client';
import type { MediaDetail } from '@/lib/admin-api/media';

/** The ways of the playground by what the pictures of a job meant. */
const ways: Readonly<Record<string, string>> = {
  'text-to-image': 'image',
  'image-to-image': 'image',
  'text-to-video': 'text',
  'first-frame': 'frames',
  'first-last-frame': 'frames',
  'reference-images': 'ingredients',
};

/** The playground with the form as this was made; pictures that came with it are not kept. `undefined`: the job is gone. */
export function reuseHref({ job }: Pick<MediaDetail, 'job'>): string | undefined {
  if (job === null) return undefined;
  return `/admin/playground${encodeQuery({
    model: job.family,
    way: ways[job.mode],
    ratio: job.aspect_ratio,
    seconds: job.seconds ?? undefined,
    resolution: job.resolution,
    prompt: job.prompt,
  })}`;
}
