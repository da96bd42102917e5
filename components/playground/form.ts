import type {
  PlaygroundForm,
  PlaygroundId,
  PlaygroundModel,
  PlaygroundModels,
  PlaygroundVariant,
  StartRunInput,
} from '@/lib/admin-api/playground';
import type { SnippetInput } from './snippets';

export type WayName = PlaygroundModel['ways'][number]['way'];
export type Way = PlaygroundModel['ways'][number];
export type Ratio = PlaygroundVariant['aspect_ratio'];
export type Resolution = PlaygroundVariant['resolution'];
export type Tier = PlaygroundVariant['served_by'][number];

/** A picture of the form: its bytes as a `data:` address, or the address of a file of this gateway. */
export type Picture = { key: string; name: string; url: string; sizeBytes: number | null };

/** What is chosen. Only what the model can is ever in it. */
export type Form = {
  base: string;
  way: WayName;
  prompt: string;
  ratio: Ratio;
  seconds: number | null;
  resolution: Resolution;
  outputs: number;
  first: Picture | null;
  last: Picture | null;
  /** Ingredients of a video, reference images of a picture. */
  ingredients: readonly Picture[];
  account: { id: string; email: string | null } | null;
  /** An id that was picked by itself; sent as it is while the form is what it means. */
  pickedId: string | null;
};

/** What a change of the model took away. */
export type Dropped = 'way' | 'ratio' | 'seconds' | 'resolution' | 'frames' | 'ingredients' | 'id';

/** The form offers what starts from text and pictures. */
export const isOffered = (way: Way): boolean => !way.needs_source_video;

export const offeredModels = ({ models }: PlaygroundModels): PlaygroundModel[] =>
  models.filter(({ ways }) => ways.some(isOffered));

export const families = (catalogue: PlaygroundModels): string[] => [
  ...new Set(offeredModels(catalogue).map(({ family }) => family)),
];

/** The model and the way of the form, or the nearest that there is. */
export function placeOf(
  catalogue: PlaygroundModels,
  { base, way }: Pick<Form, 'base' | 'way'>,
): { model: PlaygroundModel; way: Way } | undefined {
  const models = offeredModels(catalogue);
  const model = models.find(({ id }) => id === base) ?? models[0];
  const ways = model?.ways.filter(isOffered) ?? [];
  const found = ways.find((one) => one.way === way) ?? ways[0];
  return model === undefined || found === undefined ? undefined : { model, way: found };
}

export const picturesOf = ({ way, first, last, ingredients }: Form): readonly Picture[] =>
  way === 'frames' ? [first, last].filter((picture) => picture !== null) : ingredients;

/** The variants that the number of pictures leaves; before there are any, those of the fewest. */
function variantsFor(way: Way, pictures: number): PlaygroundVariant[] {
  const count = Math.min(way.images.max, Math.max(way.images.min, pictures));
  return way.variants.filter(({ images }) => count >= images.min && count <= images.max);
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

type Choice = Pick<Form, 'ratio' | 'seconds' | 'resolution'>;

/** What is chosen together, or nothing where that does not go together. */
export const variantOf = (way: Way, pictures: number, choice: Choice): PlaygroundVariant | undefined =>
  variantsFor(way, pictures).find(
    (one) =>
      one.aspect_ratio === choice.ratio &&
      one.seconds === choice.seconds &&
      one.resolution === choice.resolution,
  );

/** A value that a field offers; `variant` is what choosing it would make, the other fields as they are. */
export type Option<T> = { value: T; variant: PlaygroundVariant | undefined };

/** What the fields offer. */
export function optionsOf(way: Way, pictures: number, choice: Choice) {
  const variants = variantsFor(way, pictures);
  const at = (change: Partial<Choice>) => variantOf(way, pictures, { ...choice, ...change });
  return {
    ratios: distinct(variants.map((one) => one.aspect_ratio)).map((value) => ({
      value,
      variant: at({ ratio: value }),
    })),
    seconds: distinct(variants.flatMap(({ seconds }) => seconds ?? []))
      .toSorted((one, other) => one - other)
      .map((value) => ({ value, variant: at({ seconds: value }) })),
    resolutions: distinct(variants.map((one) => one.resolution)).map((value) => ({
      value,
      variant: at({ resolution: value }),
    })),
  } satisfies Record<string, Option<unknown>[]>;
}

/** The variant of a way that is nearest to a choice: as many of its values as can be, ratio before length before size. */
function nearest(way: Way, pictures: number, wish: Partial<Choice>): PlaygroundVariant | undefined {
  const usualSeconds = 8;
  const score = (one: PlaygroundVariant) =>
    (one.aspect_ratio === wish.ratio ? 32 : 0) +
    (one.seconds === wish.seconds ? 16 : 0) +
    (one.resolution === wish.resolution ? 8 : 0) +
    (one.seconds === usualSeconds ? 4 : 0) +
    (one.aspect_ratio === '16:9' ? 2 : 0) +
    (one.resolution === '1k' || one.resolution === '720p' ? 1 : 0);
  return variantsFor(way, pictures).toSorted((one, other) => score(other) - score(one))[0];
}

/** The form with another model or way: what still fits stays, and what does not is named. */
export function changeModel(
  catalogue: PlaygroundModels,
  form: Form,
  to: Partial<Pick<Form, 'base' | 'way'>>,
): { form: Form; dropped: Dropped[] } {
  const place = placeOf(catalogue, { ...form, ...to });
  if (place === undefined) return { form, dropped: [] };
  const { model, way } = place;
  const isFrames = way.way === 'frames';
  const ingredients = isFrames || way.way === 'text' ? [] : form.ingredients.slice(0, way.images.max);
  const first = isFrames ? form.first : null;
  const last = isFrames && way.images.max > 1 ? form.last : null;
  const kept = { ...form, base: model.id, way: way.way, first, last, ingredients };
  const count = picturesOf(kept).length;
  const variant = nearest(way, count, form);
  const next: Form = {
    ...kept,
    ratio: variant?.aspect_ratio ?? form.ratio,
    seconds: variant?.seconds ?? null,
    resolution: variant?.resolution ?? form.resolution,
  };
  const picked = form.pickedId === null ? undefined : catalogue.ids.find(({ id }) => id === form.pickedId);
  const isPicked = picked !== undefined && means(picked, next);
  const kindChanged = kindOf(catalogue, form.base) !== model.kind;
  const lost: [Dropped, boolean][] = [
    ['way', to.way === undefined && !kindChanged && way.way !== form.way],
    ['ratio', next.ratio !== form.ratio],
    ['seconds', form.seconds !== null && next.seconds !== form.seconds],
    // Pictures and videos have sizes of their own: the usual one of the one is that of the other.
    ['resolution', next.resolution !== form.resolution && !(kindChanged && isNative(form.resolution))],
    ['frames', (form.first !== null && first === null) || (form.last !== null && last === null)],
    ['ingredients', ingredients.length < form.ingredients.length],
    ['id', form.pickedId !== null && !isPicked],
  ];
  return {
    form: { ...next, pickedId: isPicked ? form.pickedId : null },
    dropped: lost.flatMap(([what, isLost]) => (isLost ? [what] : [])),
  };
}

const kindOf = ({ models }: PlaygroundModels, base: string) => models.find(({ id }) => id === base)?.kind;

const isNative = (resolution: Resolution) => resolution === '1k' || resolution === '720p';

/** Whether an id means what is chosen. */
const means = (id: PlaygroundId, form: Omit<Form, 'pickedId'>): boolean =>
  id.base === form.base &&
  id.ways.includes(form.way) &&
  (id.aspect_ratio === null || id.aspect_ratio === form.ratio) &&
  (id.seconds === null || id.seconds === form.seconds) &&
  (id.resolution === null || id.resolution === form.resolution);

/** One field changed. A picked id that means something else by now is let go. */
export function changeField(catalogue: PlaygroundModels, form: Form, change: Partial<Form>): Form {
  const changed = { ...form, ...change };
  const place = placeOf(catalogue, changed);
  // With another number of pictures the same values may stand for nothing.
  const variant = place === undefined ? undefined : nearest(place.way, picturesOf(changed).length, changed);
  const next: Form =
    variant === undefined
      ? changed
      : {
          ...changed,
          ratio: variant.aspect_ratio,
          seconds: variant.seconds,
          resolution: variant.resolution,
        };
  const picked = catalogue.ids.find(({ id }) => id === next.pickedId);
  return picked !== undefined && !means(picked, next) ? { ...next, pickedId: null } : next;
}

/** The form as an id has it; what the id leaves open stays as far as it fits. */
export function pickId(
  catalogue: PlaygroundModels,
  form: Form,
  id: PlaygroundId,
): { form: Form; dropped: Dropped[] } {
  const fixed: Form = {
    ...form,
    pickedId: null,
    ratio: id.aspect_ratio ?? form.ratio,
    seconds: id.seconds ?? form.seconds,
    resolution: id.resolution ?? form.resolution,
  };
  const way = id.ways.includes(form.way) ? form.way : (id.ways[0] ?? form.way);
  const changed = changeModel(catalogue, fixed, { base: id.base, way });
  return { ...changed, form: { ...changed.form, pickedId: id.id } };
}

/** What the form begins with: the wishes of the address, as far as they can be. */
export function startForm(
  catalogue: PlaygroundModels,
  wish: Partial<Omit<Form, 'base'>> & { model?: string | null },
): Form | undefined {
  const place = placeOf(catalogue, { base: '', way: 'image' });
  if (place === undefined) return undefined;
  const empty: Form = {
    base: place.model.id,
    way: place.way.way,
    prompt: '',
    ratio: '16:9',
    seconds: null,
    resolution: '1k',
    outputs: 1,
    first: null,
    last: null,
    ingredients: [],
    account: null,
    pickedId: null,
  };
  const { model, ...rest } = wish;
  const id = catalogue.ids.find((one) => one.id === model);
  const wished: Form = { ...empty, ...rest };
  const based =
    id === undefined
      ? wished
      : {
          ...wished,
          base: id.base,
          way: id.ways.includes(wished.way) ? wished.way : (id.ways[0] ?? wished.way),
        };
  const { form } = changeModel(catalogue, { ...based, ...fixedBy(id) }, {});
  const isBase = id === undefined || id.id === id.base;
  return { ...form, pickedId: !isBase && means(id, form) ? id.id : null };
}

const fixedBy = (id: PlaygroundId | undefined): Partial<Choice> => ({
  ...(id?.aspect_ratio ? { ratio: id.aspect_ratio } : {}),
  ...(id?.seconds ? { seconds: id.seconds } : {}),
  ...(id?.resolution ? { resolution: id.resolution } : {}),
});

/** The form that a run was started with. Uploaded pictures are no longer there; those in `kept` are. */
export function formOfRun(
  catalogue: PlaygroundModels,
  run: PlaygroundForm,
  kept: Form | undefined,
): Form | undefined {
  const pictures = run.images.flatMap(({ role, name, url }, index) =>
    url === null
      ? []
      : [
          {
            role,
            picture: {
              key: `${index} ${url}`,
              name: name ?? fileName(url),
              url: ownPath(url),
              sizeBytes: null,
            },
          },
        ],
  );
  const ofRole = (role: string) => pictures.flatMap((one) => (one.role === role ? [one.picture] : []));
  const images =
    kept === undefined
      ? {
          first: ofRole('first_frame')[0] ?? null,
          last: ofRole('last_frame')[0] ?? null,
          ingredients: ofRole('ingredient'),
        }
      : { first: kept.first, last: kept.last, ingredients: kept.ingredients };
  return startForm(catalogue, {
    model: run.model,
    way: run.way,
    prompt: run.prompt,
    ratio: run.aspect_ratio,
    seconds: run.seconds,
    resolution: run.resolution,
    outputs: run.outputs,
    account: run.account,
    ...images,
  });
}

/** Files of this gateway are shown by their path, whatever host it was called by. */
const ownPath = (url: string): string => /^https?:\/\/[^/]+(\/media\/[^?#]+)/.exec(url)?.[1] ?? url;

/** The last part of an address. */
export const fileName = (url: string): string => url.split(/[?#]/)[0]?.split('/').at(-1) || 'image.png';

/** The plans that may come to serve: those that can now, else those that could. A picked id may leave some out. */
function payingTiers(variant: PlaygroundVariant, only: readonly Tier[] | null): Tier[] {
  const priced = Object.keys(variant.credits).filter((tier) => tier in variant.credits) as Tier[];
  const allowed = priced.filter((tier) => only === null || only.includes(tier));
  const serving = allowed.filter((tier) => variant.served_by.includes(tier));
  return serving.length > 0 ? serving : allowed;
}

/** What a run costs; `undefined` where no price is known. From one plan to the other prices may differ. */
export function costOf(
  variant: PlaygroundVariant,
  outputs: number,
  only: readonly Tier[] | null = null,
): { from: number; to: number } | undefined {
  const prices = payingTiers(variant, only).map((tier) => variant.credits[tier] ?? undefined);
  const known = prices.filter((price) => price !== undefined);
  if (known.length === 0 || known.length < prices.length) return undefined;
  return { from: Math.min(...known) * outputs, to: Math.max(...known) * outputs };
}

/** Why no account can serve; `undefined`: one can. */
export function obstacleOf(
  variant: PlaygroundVariant,
  only: readonly Tier[] | null = null,
):
  | { code: NonNullable<PlaygroundVariant['obstacle']>['code']; until: string | null; tiers: Tier[] }
  | undefined {
  const tiers = (Object.keys(variant.credits) as Tier[]).filter(
    (tier) => only === null || only.includes(tier),
  );
  if (variant.served_by.some((tier) => tiers.includes(tier))) return undefined;
  const { code, until } = variant.obstacle ?? { code: 'tier' as const, until: null };
  return { code, until, tiers };
}

/** What keeps the form from being sent, beside the accounts. */
export type Missing = 'prompt' | 'promptLength' | 'first' | 'ingredients' | 'size' | 'variant';

export function missingIn(
  form: Form,
  way: Way,
  variant: PlaygroundVariant | undefined,
  limits: PlaygroundModels['limits'],
): Missing | undefined {
  if (form.prompt.trim() === '') return 'prompt';
  if (form.prompt.length > limits.prompt_length) return 'promptLength';
  const pictures = picturesOf(form);
  if (form.way === 'frames' && form.first === null) return 'first';
  if (pictures.length < way.images.min) return 'ingredients';
  const bytes = pictures.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  if (bytes > limits.images_bytes) return 'size';
  return variant === undefined ? 'variant' : undefined;
}

/** The model id that is sent, and shown. */
export const modelIdOf = (form: Form, variant: PlaygroundVariant | undefined): string =>
  form.pickedId ?? variant?.model ?? form.base;

/** What is sent. */
export function toRunInput(
  form: Form,
  variant: PlaygroundVariant,
  { id, origin }: { id: string; origin: string },
): StartRunInput {
  const { first, last, ingredients } = form;
  const image = (role: NonNullable<StartRunInput['images']>[number]['role']) => (picture: Picture) => ({
    role,
    url: picture.url.startsWith('/') ? `${origin}${picture.url}` : picture.url,
    name: picture.name.slice(0, 200),
  });
  const frames = form.way === 'frames';
  return {
    id,
    model: modelIdOf(form, variant),
    prompt: form.prompt,
    aspect_ratio: form.ratio,
    ...(form.seconds === null ? {} : { seconds: form.seconds }),
    resolution: form.resolution,
    outputs: form.outputs,
    ...(form.account === null ? {} : { account: form.account.id }),
    images: frames
      ? [
          ...[first].flatMap((picture) => (picture === null ? [] : [image('first_frame')(picture)])),
          ...[last].flatMap((picture) => (picture === null ? [] : [image('last_frame')(picture)])),
        ]
      : ingredients.map(image('ingredient')),
  };
}

/** The list with one picture moved by so many places; out of the list it does not go. */
export function movePicture(pictures: readonly Picture[], from: number, by: number): Picture[] {
  const to = from + by;
  const moved = pictures[from];
  if (moved === undefined || to < 0 || to >= pictures.length) return [...pictures];
  return pictures.toSpliced(from, 1).toSpliced(to, 0, moved);
}

/** The same for the Code tab. What no API knows, the choice of an account, is not in it. */
export function toSnippetInput(
  form: Form,
  variant: PlaygroundVariant | undefined,
  { kind, origin }: { kind: SnippetInput['kind']; origin: string },
): SnippetInput {
  const frames = form.way === 'frames';
  return {
    origin,
    kind,
    model: modelIdOf(form, variant),
    prompt: form.prompt,
    aspectRatio: form.ratio,
    seconds: form.seconds,
    resolution: form.resolution,
    outputs: form.outputs,
    first: frames ? (form.first?.name ?? null) : null,
    last: frames ? (form.last?.name ?? null) : null,
    ingredients: frames ? [] : form.ingredients.map(({ name }) => name),
  };
}
