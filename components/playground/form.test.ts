import { beforeAll, describe, expect, test } from 'vitest';
import type { PlaygroundModels, PlaygroundVariant } from '@/lib/admin-api/playground';
import { describeOffers } from '@/lib/playground/catalogue';
import {
  changeField,
  changeModel,
  costOf,
  type Form,
  formOfRun,
  missingIn,
  modelIdOf,
  movePicture,
  obstacleOf,
  offeredModels,
  optionsOf,
  type Picture,
  pickId,
  picturesOf,
  placeOf,
  startForm,
  toRunInput,
  toSnippetInput,
  variantOf,
} from './form';
import { withPicture } from './with-picture';

// What the server offers where every plan has an account.
let catalogue: PlaygroundModels;
beforeAll(() => {
  catalogue = describeOffers(({ flow }) => ({
    served_by: (['free', 'pro', 'ultra'] as const).filter((tier) => flow[tier] !== undefined),
    obstacle: null,
  }));
});

const picture = (name: string): Picture => ({
  key: name,
  name,
  url: `data:image/png;base64,${name}`,
  sizeBytes: 10,
});
const begin = (wish: Parameters<typeof startForm>[1]): Form => {
  const form = startForm(catalogue, wish);
  if (form === undefined) throw new Error('nothing is offered');
  return form;
};
const variant = (form: Form): PlaygroundVariant => {
  const place = placeOf(catalogue, form);
  const found = place && variantOf(place.way, picturesOf(form).length, form);
  if (found === undefined) throw new Error('no such variant');
  return found;
};
const id = (name: string) => {
  const found = catalogue.ids.find((one) => one.id === name);
  if (found === undefined) throw new Error(`no id ${name}`);
  return found;
};

test('every model and every way of it can be chosen, and comes to something that can be asked for', () => {
  for (const model of offeredModels(catalogue)) {
    for (const { way } of model.ways.filter((one) => !one.needs_source_video)) {
      const { form } = changeModel(catalogue, begin({}), { base: model.id, way });
      expect([form.base, form.way]).toEqual([model.id, way]);
      expect(modelIdOf(form, variant(form))).not.toBe('');
    }
  }
});

describe('a change of the model', () => {
  test.each([
    [
      'keeps the shape that the other has',
      'gemini-3.1-flash-image',
      { ratio: '9:16' },
      { base: 'veo-3.1-fast' },
      { ratio: '9:16' },
      [],
    ],
    [
      'drops a shape that it has not',
      'gemini-3.1-flash-image',
      { ratio: '1:1' },
      { base: 'veo-3.1-fast' },
      { ratio: '16:9' },
      ['ratio'],
    ],
    [
      'drops a size that it has not',
      'veo-3.1-fast',
      { resolution: '4k' },
      { base: 'veo-3.1-lite' },
      { resolution: '720p' },
      ['resolution'],
    ],
    [
      'says nothing of the usual size',
      'gemini-3.1-flash-image',
      {},
      { base: 'veo-3.1-fast' },
      { resolution: '720p', seconds: 8 },
      [],
    ],
    ['keeps a length', 'veo-3.1-fast', { seconds: 4 }, { base: 'veo-3.1-quality' }, { seconds: 4 }, []],
    [
      'drops a length that the way has not',
      'veo-3.1-fast',
      { seconds: 4 },
      { way: 'ingredients' },
      { seconds: 8 },
      ['seconds'],
    ],
    [
      'drops a way that it has not',
      'veo-3.1-fast',
      { way: 'ingredients' },
      { base: 'veo-3.1-quality' },
      { way: 'text' },
      ['way'],
    ],
  ] as const)('%s', (_rule, model, wish, to, expected, dropped) => {
    const changed = changeModel(catalogue, begin({ model, prompt: 'kept', outputs: 3, ...wish }), to);
    expect(changed.form).toMatchObject({ prompt: 'kept', outputs: 3, ...expected });
    expect(changed.dropped).toEqual(dropped);
  });

  test('keeps as many pictures as it takes, in their order', () => {
    const ingredients = ['a', 'b', 'c', 'd'].map(picture);
    const form = begin({ model: 'gemini-3.1-flash-image', ingredients });
    const changed = changeModel(catalogue, form, { base: 'veo-3.1-fast', way: 'ingredients' });
    expect(changed.form.ingredients.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(changed.dropped).toEqual(['ingredients']);
  });

  test('frames are no ingredients', () => {
    const form = begin({ model: 'veo-3.1-fast', way: 'frames', first: picture('a'), last: picture('b') });
    expect(changeModel(catalogue, form, { way: 'ingredients' })).toMatchObject({
      form: { first: null, last: null, ingredients: [] },
      dropped: ['frames'],
    });
    expect(changeModel(catalogue, form, { base: 'veo-3.1-quality' })).toMatchObject({
      form: { way: 'frames', first: { name: 'a' }, last: { name: 'b' } },
      dropped: [],
    });
  });
});

describe('an id that is picked', () => {
  test('sets what it fixes, and is what is sent', () => {
    const { form } = pickId(catalogue, begin({}), id('gemini-3.1-flash-image-square-2k'));
    expect(form).toMatchObject({ base: 'gemini-3.1-flash-image', ratio: '1:1', resolution: '2k' });
    expect(modelIdOf(form, variant(form))).toBe('gemini-3.1-flash-image-square-2k');
  });

  test('is let go by a choice that it does not mean', () => {
    const { form } = pickId(catalogue, begin({}), id('gemini-3.1-flash-image-square-2k'));
    expect(changeField(catalogue, form, { prompt: 'x' }).pickedId).not.toBeNull();
    expect(changeField(catalogue, form, { ratio: '16:9' }).pickedId).toBeNull();
    expect(changeModel(catalogue, form, { base: 'veo-3.1-fast' })).toMatchObject({
      form: { pickedId: null },
      dropped: expect.arrayContaining(['id']),
    });
  });

  test('stands in the address, and is picked again by it', () => {
    expect(begin({ model: 'gemini-3.1-flash-image-square-2k' })).toMatchObject({
      pickedId: 'gemini-3.1-flash-image-square-2k',
      ratio: '1:1',
      resolution: '2k',
    });
    expect(begin({ model: 'no-such-model' }).pickedId).toBeNull();
  });
});

test('each field offers what goes with the others', () => {
  const form = begin({ model: 'veo-3.1-fast' });
  const place = placeOf(catalogue, form);
  const options = place && optionsOf(place.way, 0, form);
  expect(options?.seconds.map(({ value }) => value)).toEqual([4, 6, 8]);
  expect(options?.ratios.map(({ value }) => value)).toEqual(['16:9', '9:16']);
  expect(options?.resolutions.map(({ value }) => value)).toEqual(['720p', '1080p', '4k']);
});

describe('the price', () => {
  const of = (credits: PlaygroundVariant['credits'], served_by: PlaygroundVariant['served_by']) => ({
    ...variant(begin({ model: 'veo-3.1-fast' })),
    credits,
    served_by,
  });
  test.each([
    ['is that of the plan that can serve', { pro: 20, ultra: 10 }, ['pro'], 1, null, { from: 20, to: 20 }],
    ['is that of every output', { pro: 20 }, ['pro'], 3, null, { from: 60, to: 60 }],
    [
      'has two ends where plans differ',
      { pro: 20, ultra: 10 },
      ['pro', 'ultra'],
      2,
      null,
      { from: 20, to: 40 },
    ],
    ['is that of all plans where none can serve', { pro: 20, ultra: 10 }, [], 1, null, { from: 10, to: 20 }],
    ['is nothing where none is known', { ultra: null }, ['ultra'], 1, null, undefined],
    [
      'leaves out the plans that a picked id does not mean',
      { pro: 20, ultra: 10 },
      ['pro', 'ultra'],
      1,
      ['ultra'],
      { from: 10, to: 10 },
    ],
    ['can be nothing at all', { free: 0, pro: 0 }, ['free'], 4, null, { from: 0, to: 0 }],
  ] as const)('%s', (_rule, credits, served, outputs, only, expected) => {
    expect(costOf(of(credits, [...served]), outputs, only)).toEqual(expected);
  });

  test('what no account of its plan can serve says so', () => {
    expect(obstacleOf(of({ pro: 20 }, ['pro']))).toBeUndefined();
    expect(obstacleOf(of({ pro: 20, ultra: 10 }, ['pro']), ['ultra'])).toEqual({
      code: 'tier',
      until: null,
      tiers: ['ultra'],
    });
  });
});

describe('what is missing', () => {
  const limits = { prompt_length: 10, outputs: 4, image_bytes: 100, images_bytes: 15 };
  test.each([
    ['a prompt', { prompt: ' ' }, 'prompt'],
    ['a shorter prompt', { prompt: 'x'.repeat(11) }, 'promptLength'],
    ['a first frame', { prompt: 'x', way: 'frames', last: picture('b') }, 'first'],
    ['an ingredient', { prompt: 'x', way: 'ingredients' }, 'ingredients'],
    ['smaller pictures', { prompt: 'x', way: 'frames', first: picture('a'), last: picture('b') }, 'size'],
    ['nothing', { prompt: 'x', way: 'frames', first: picture('a') }, undefined],
  ] as const)('%s', (_what, wish, expected) => {
    const form = begin({ model: 'veo-3.1-fast', ...wish });
    const place = placeOf(catalogue, form);
    expect(place && missingIn(form, place.way, variant(form), limits)).toBe(expected);
  });
});

test('what is sent and what the code says are the form', () => {
  const form = begin({
    model: 'veo-3.1-fast',
    way: 'frames',
    prompt: 'a lighthouse',
    first: { ...picture('a.png'), url: '/media/a.png' },
    last: picture('b.png'),
    outputs: 2,
    account: { id: 'acc', email: null },
  });
  const sent = toRunInput(form, variant(form), { id: 'run_x', origin: 'http://gateway' });
  expect(sent).toEqual({
    id: 'run_x',
    model: variant(form).model,
    prompt: 'a lighthouse',
    aspect_ratio: '16:9',
    seconds: 8,
    resolution: '720p',
    outputs: 2,
    account: 'acc',
    images: [
      { role: 'first_frame', url: 'http://gateway/media/a.png', name: 'a.png' },
      { role: 'last_frame', url: 'data:image/png;base64,b.png', name: 'b.png' },
    ],
  });
  expect(toSnippetInput(form, variant(form), { kind: 'video', origin: 'http://gateway' })).toEqual({
    origin: 'http://gateway',
    kind: 'video',
    model: sent.model,
    prompt: sent.prompt,
    aspectRatio: sent.aspect_ratio,
    seconds: sent.seconds,
    resolution: sent.resolution,
    outputs: sent.outputs,
    first: 'a.png',
    last: 'b.png',
    ingredients: [],
  });
});

test('a run gives back the form; uploaded pictures only while they are here', () => {
  const form = begin({ model: 'veo-3.1-fast', way: 'frames', prompt: 'x', first: picture('a'), outputs: 2 });
  const run = {
    model: variant(form).model,
    base: form.base,
    way: form.way,
    prompt: form.prompt,
    aspect_ratio: form.ratio,
    seconds: form.seconds,
    resolution: form.resolution,
    outputs: form.outputs,
    account: null,
    images: [
      { role: 'first_frame' as const, name: 'a', url: null },
      { role: 'last_frame' as const, name: null, url: 'http://old-host/media/abc.png' },
    ],
    source_video: null,
  };
  const back = formOfRun(catalogue, run, undefined);
  expect(back).toMatchObject({ base: form.base, way: 'frames', prompt: 'x', outputs: 2, first: null });
  expect(back?.last).toMatchObject({ name: 'abc.png', url: '/media/abc.png' });
  expect(formOfRun(catalogue, run, form)).toMatchObject({ first: { name: 'a' }, last: null });
});

describe('a result in the form', () => {
  const media = { id: 'm', url: '/media/m.png' };
  test('is the first frame of a video, also from a model of pictures', () => {
    const next = withPicture(catalogue, begin({ model: 'gemini-3.1-flash-image' }), media, 'first_frame');
    expect(next).toMatchObject({ way: 'frames', first: { name: 'm.png', url: '/media/m.png' } });
    expect(next && picturesOf(next)).toHaveLength(1);
  });

  test('is an ingredient where the model takes some, and pushes out the oldest of too many', () => {
    const full = begin({
      model: 'veo-3.1-fast',
      way: 'ingredients',
      ingredients: ['a', 'b', 'c'].map(picture),
    });
    const next = withPicture(catalogue, full, media, 'ingredient');
    expect(next?.ingredients.map(({ name }) => name)).toEqual(['b', 'c', 'm.png']);
    const quality = withPicture(catalogue, begin({ model: 'veo-3.1-quality' }), media, 'ingredient');
    expect(quality).toMatchObject({ way: 'image', ingredients: [{ name: 'm.png' }] });
  });
});

test('pictures are moved within their list only', () => {
  const names = (list: readonly Picture[]) => list.map(({ name }) => name).join('');
  const list = ['a', 'b', 'c'].map(picture);
  expect(names(movePicture(list, 0, 1))).toBe('bac');
  expect(names(movePicture(list, 2, -1))).toBe('acb');
  expect(names(movePicture(list, 0, -1))).toBe('abc');
  expect(names(movePicture(list, 2, 1))).toBe('abc');
});
