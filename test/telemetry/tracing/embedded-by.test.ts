import { describe, expect, it } from 'vitest';
import { embeddedBy } from '../../../src/telemetry/tracing/facts.ts';
import { FACTS } from './facts.ts';

describe('the embedding model that spans name', () => {
  it.each([
    ['lsa/162@3f2a9c', 'lsa/162', 'groundspeed', 162],
    ['openai/text-embedding-3-small/1536', 'text-embedding-3-small', 'openai', 1536],
  ])('of an index embedded with %s is %s of %s, as in the metrics', (id, model, provider, dimensions) => {
    expect(embeddedBy(id, FACTS).embedding).toMatchObject({ model, provider, dimensions });
  });

  it('is that of the settings while the index holds nothing', () => {
    expect(embeddedBy(undefined, FACTS)).toBe(FACTS);
  });
});
