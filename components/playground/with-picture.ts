import type { PlaygroundMedia, PlaygroundModels } from '@/lib/admin-api/playground';
import { changeModel, type Form, fileName, isOffered, offeredModels, type Picture, placeOf } from './form';

/** The form with a result in it: in the way that is chosen where that takes it, else in the nearest one that does. */
export function withPicture(
  catalogue: PlaygroundModels,
  form: Form,
  media: Pick<PlaygroundMedia, 'id' | 'url'>,
  as: 'first_frame' | 'ingredient',
): Form | undefined {
  if (media.url === null) return undefined;
  const picture: Picture = {
    key: `${media.id} ${Date.now()}`,
    name: fileName(media.url),
    url: media.url,
    sizeBytes: null,
  };
  if (as === 'first_frame') {
    const models = offeredModels(catalogue);
    const canFrames = (id: string) =>
      models.some((model) => model.id === id && model.ways.some(({ way }) => way === 'frames'));
    const base = canFrames(form.base) ? form.base : models.find(({ id }) => canFrames(id))?.id;
    if (base === undefined) return undefined;
    const { form: next } = changeModel(catalogue, form, { base, way: 'frames' });
    return { ...next, first: picture };
  }
  const place = placeOf(catalogue, form);
  const way = place?.model.ways.find(
    (one) => isOffered(one) && (one.way === 'ingredients' || one.way === 'image') && one.images.max > 0,
  );
  if (place === undefined || way === undefined) {
    const first = offeredModels(catalogue)[0];
    if (first === undefined) return undefined;
    return { ...changeModel(catalogue, form, { base: first.id, way: 'image' }).form, ingredients: [picture] };
  }
  const { form: next } = changeModel(catalogue, form, { way: way.way });
  return { ...next, ingredients: [...next.ingredients, picture].slice(-way.images.max) };
}
