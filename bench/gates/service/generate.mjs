/** Milliseconds that half of the answers take, at most. */
const MEDIAN_MS = 9;
/** Of the logarithm: some answers take longer than others. */
const SIGMA = 0.15;
const SEED = 20_260_511;

let state = SEED;

/** Mulberry32, from 0 to 1. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The first sentence of the best document, as a model behind a network would give it: later. */
export async function generate([best]) {
  const wanted = MEDIAN_MS * Math.exp(SIGMA * normal());
  // Timers know whole milliseconds: rounded up or down by chance, the mean is kept.
  await new Promise((resolve) => setTimeout(resolve, Math.floor(wanted + random())));
  return best === undefined ? 'I do not know.' : best.text.split('\n')[0];
}
