import type { ModelInfo } from '../models/types';

/** The format wants a date and there is none for most models: one moment for all, so that lists compare equal. */
const createdSeconds = 1_764_547_200; // 2025-12-01

/** One model of `GET /v1/models`. Beyond the format: `description`, `kind`, and `alias_of` for another name of a model. */
export const encodeModel = ({ id, kind, description, aliasOf }: ModelInfo) => ({
  id,
  object: 'model' as const,
  created: createdSeconds,
  owned_by: 'flow2api',
  description,
  kind,
  ...(aliasOf === undefined ? {} : { alias_of: aliasOf }),
});

/** The whole list, in the order given. */
export const encodeModelList = (models: readonly ModelInfo[]) => ({
  object: 'list' as const,
  data: models.map(encodeModel),
});
