'use client';

import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useEffect, useRef, useState } from 'react';
import { type PlaygroundId, type PlaygroundModels, playgroundWays } from '@/lib/admin-api/playground';
import {
  changeField,
  changeModel,
  type Dropped,
  type Form,
  fileName,
  type Picture,
  pickId,
  startForm,
} from './form';

const ratios = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;
const resolutions = ['1k', '720p', '1080p', '2k', '4k'] as const;

/** What of the form stands in the address. Other pages link here with it; `prompt` and `image` are read once. */
const addressed = {
  model: parseAsString,
  way: parseAsStringLiteral(playgroundWays),
  ratio: parseAsStringLiteral(ratios),
  seconds: parseAsInteger,
  resolution: parseAsStringLiteral(resolutions),
  n: parseAsInteger,
  account: parseAsString,
  prompt: parseAsString,
  image: parseAsString,
};

/** A change of the model took something away. `model` is its label. */
export type Notice = { dropped: Dropped[]; pictures: number; model: string };

export type FormControl = {
  form: Form;
  notice: Notice | undefined;
  change: (change: Partial<Form>) => void;
  chooseModel: (to: Partial<Pick<Form, 'base' | 'way'>>) => void;
  chooseId: (id: PlaygroundId) => void;
  replace: (form: Form) => void;
};

/** The form: begun with what the address says, and kept there as far as a reload should keep it. */
export function usePlaygroundForm(catalogue: PlaygroundModels): FormControl | undefined {
  const [address, setAddress] = useQueryStates(addressed, { history: 'replace', throttleMs: 300 });
  const [form, setForm] = useState<Form | undefined>(() =>
    startForm(catalogue, {
      model: address.model,
      ...(address.way === null ? {} : { way: address.way }),
      ...(address.ratio === null ? {} : { ratio: address.ratio }),
      ...(address.seconds === null ? {} : { seconds: address.seconds }),
      ...(address.resolution === null ? {} : { resolution: address.resolution }),
      outputs: clamp(address.n ?? 1, catalogue.limits.outputs),
      account: address.account === null ? null : { id: address.account, email: null },
      prompt: address.prompt ?? '',
      ...picturesOf(address.image, address.way),
    }),
  );
  const [notice, setNotice] = useState<Notice>();
  const isFirst = useRef(true);
  const shown = form === undefined ? undefined : { ...form };
  const { base, way, ratio, seconds, resolution, outputs, account, pickedId } = shown ?? {};
  useEffect(() => {
    // Opening the page changes nothing in the address but what was read once.
    if (isFirst.current) {
      isFirst.current = false;
      void setAddress({ prompt: null, image: null });
      return;
    }
    if (base === undefined) return;
    void setAddress({
      model: pickedId ?? base,
      way: way ?? null,
      ratio: ratio ?? null,
      seconds: seconds ?? null,
      resolution: resolution ?? null,
      n: outputs === 1 ? null : (outputs ?? null),
      account: account?.id ?? null,
    });
  }, [base, way, ratio, seconds, resolution, outputs, account?.id, pickedId, setAddress]);
  if (form === undefined) return undefined;
  const settle = (changed: { form: Form; dropped: Dropped[] }) => {
    const label = catalogue.models.find(({ id }) => id === changed.form.base)?.label ?? changed.form.base;
    const pictures = form.ingredients.length - changed.form.ingredients.length;
    setNotice(
      changed.dropped.length === 0 ? undefined : { dropped: changed.dropped, pictures, model: label },
    );
    setForm(changed.form);
  };
  return {
    form,
    notice,
    change: (change) =>
      setForm((known) => (known === undefined ? known : changeField(catalogue, known, change))),
    chooseModel: (to) => settle(changeModel(catalogue, form, to)),
    chooseId: (id) => settle(pickId(catalogue, form, id)),
    replace: (next) => {
      setNotice(undefined);
      setForm(next);
    },
  };
}

const clamp = (count: number, most: number) => Math.min(most, Math.max(1, count));

/** A file of this gateway to begin with, as the gallery links to it. Other addresses are not taken from a link. */
function picturesOf(image: string | null, way: string | null): Partial<Form> {
  if (image === null || !/^\/media\/[a-z0-9]+\.(?:png|jpe?g|webp)$/.test(image)) return {};
  const picture: Picture = { key: image, name: fileName(image), url: image, sizeBytes: null };
  return way === 'frames' ? { first: picture } : { ingredients: [picture] };
}
