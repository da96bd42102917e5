import { findModelId } from './model-ids';
import type { MediaKind, ModelDefaults } from './types';

/** What a model id makes, whatever its options are; `undefined` for an unknown id. */
export const findKind = (id: string, defaults: ModelDefaults): MediaKind | undefined =>
  findModelId(id, defaults)?.base.kind;
