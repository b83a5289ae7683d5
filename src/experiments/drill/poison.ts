import type { SourceItem } from '../../engine/documents/source.ts';
import type { Random } from '../../kernel/random.ts';

/** What breaks an ingest, as far as it comes from documents. */
export const POISONS = [
  'no text',
  'unreadable',
  'binary',
  'a gigantic word',
  'half a character',
  'blank lines',
] as const;
export type Poison = (typeof POISONS)[number];

/** Documents of a batch, of which the last is poisoned. */
const BATCH = 20;
/** Characters of a word that is none. */
const GIGANTIC = 200_000;

const WORDS =
  'notice ledger parish meadow copper lantern orchard gravel saddle kettle thistle barrel canvas pebble hollow timber'.split(
    ' ',
  );

/** One batch of an ingest: sound documents about nothing that a golden set asks for, and one that is poison. */
export function poisonedBatch(number: number, random: Random): SourceItem[] {
  const sound = Array.from({ length: BATCH - 1 }, (_, index): SourceItem => {
    const text = Array.from({ length: 40 }, () => WORDS[random.integer(WORDS.length)]!).join(' ');
    return { document: { id: `drill-${number}-${index}`, title: '', text: `${text}.`, metadata: {} } };
  });
  return [...sound, poisonItem(POISONS[number % POISONS.length]!, `drill-${number}-poison`)];
}

function poisonItem(poison: Poison, id: string): SourceItem {
  const document = (text: string): SourceItem => ({ document: { id, title: '', text, metadata: {} } });
  switch (poison) {
    case 'no text':
      return document('');
    case 'unreadable':
      return { failure: { id, code: 'document.encoding', message: `${id} is not UTF-8` } };
    case 'binary':
      return document(String.fromCharCode(...Array.from({ length: 2000 }, (_, code) => code % 32)));
    case 'a gigantic word':
      return document('x'.repeat(GIGANTIC));
    case 'half a character':
      return document(`\ud800 ${'\udc00'.repeat(500)}`);
    case 'blank lines':
      return document('\n'.repeat(GIGANTIC));
  }
}
