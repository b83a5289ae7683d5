import { GroundspeedError } from '../../kernel/errors.ts';

/** Vectors of two models cannot be compared: an index answers only with the model that it was made with. */
export function refuseOtherModel(stored: string | undefined, wanted: string): never {
  throw new GroundspeedError(
    'store.incompatible',
    `The index ${stored === undefined ? 'holds no vectors' : `was made with ${stored}`}, but the settings ask for ${wanted}`,
    {
      where: 'embedding',
      hint: 'Ingest the documents again with these settings, set embedding.* as it was, or choose another index with --index DIR.',
    },
  );
}
