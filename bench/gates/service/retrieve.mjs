/** Documents that are scored for a question; past the last one it begins anew, as it would in a larger corpus. */
const SCORINGS = 4000;
const TOP = 3;

const wordsOf = (text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** Documents with how often each word stands in them, and how rare words are. */
export function indexOf(documents) {
  const entries = documents.map((document) => {
    const counts = new Map();
    for (const word of wordsOf(document.text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { document, counts };
  });
  const holders = new Map();
  for (const { counts } of entries)
    for (const word of counts.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);
  const rarity = new Map([...holders].map(([word, held]) => [word, Math.log(entries.length / held)]));
  return { entries, rarity };
}

/** The documents that share most with the question, rare words weighing more. */
export function retrieve({ entries, rarity }, question) {
  const asked = wordsOf(question).map((word) => [word, rarity.get(word) ?? 0]);
  const scores = new Float64Array(entries.length);
  for (let scoring = 0; scoring < SCORINGS; scoring += 1) {
    const at = scoring % entries.length;
    let score = 0;
    for (const [word, weight] of asked) score += weight * (entries[at].counts.get(word) ?? 0);
    scores[at] = score;
  }
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  return order.slice(0, TOP).map((at) => entries[at].document);
}
