import type { MediaItem } from '../generation/types';

/** The absolute address of a finished file. `origin` is what the addresses that we hand out begin with. */
export const addressOf = ({ location }: Pick<MediaItem, 'location'>, origin: string): string =>
  location.type === 'url' ? location.url : `${origin}${location.path}`;
