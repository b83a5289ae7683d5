import type { ModelKind } from '../../datasets/draft/draft.ts';
import { analyse } from '../../text/analyse.ts';
import type { CorpusSearch } from '../dataset-check/corpus-search.ts';
import type { DraftPassage, PassagePool } from './passages.ts';
import type { Drafting } from './replies.ts';

/** Documents among which a partner is looked for, and the characters of a passage that it is looked for by. */
const NEIGHBOURS = 6;
const ASKED_BY = 400;

/**
 * The passages for one draft of a kind. A numeric question gets a passage with a digit, where one is near. A question
 * over two hops gets a partner in the document that BM25 finds closest, else in its own document; where there is no
 * partner it becomes a lookup. Undefined where no document has a passage.
 */
export async function choosePassages(
  kind: ModelKind,
  pool: PassagePool,
  search: CorpusSearch,
): Promise<Drafting | undefined> {
  const passage = pool.next(kind === 'numeric' ? ({ text }) => /\p{Nd}/u.test(text) : undefined);
  if (passage === undefined) return undefined;
  if (kind !== 'multi-hop') return { kind, passages: [passage] };
  const partner = await partnerOf(passage, pool, search);
  return partner === undefined
    ? { kind: 'lookup', passages: [passage] }
    : { kind, passages: [passage, partner] };
}

async function partnerOf(
  passage: DraftPassage,
  pool: PassagePool,
  search: CorpusSearch,
): Promise<DraftPassage | undefined> {
  const found = await search.find(`${passage.document.title} ${passage.text.slice(0, ASKED_BY)}`, NEIGHBOURS);
  const others = found.filter(({ id }) => id !== passage.document.id);
  const terms = new Set(analyse(passage.text));
  for (const document of [...others, passage.document]) {
    const candidates = pool
      .passagesOf(document)
      .filter(
        (one) => one.document !== passage.document || one.end <= passage.start || one.start >= passage.end,
      );
    const best = mostShared(candidates, terms);
    if (best !== undefined) return best;
  }
  return undefined;
}

/** The passage that shares most terms; the first of equals. */
function mostShared(passages: readonly DraftPassage[], terms: ReadonlySet<string>): DraftPassage | undefined {
  let best: DraftPassage | undefined;
  let most = -1;
  for (const passage of passages) {
    const shared = [...new Set(analyse(passage.text))].filter((term) => terms.has(term)).length;
    if (shared > most) {
      best = passage;
      most = shared;
    }
  }
  return best;
}
