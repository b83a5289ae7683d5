/**
 * Seeded chance. Every random step of a run draws from one of these, and the record keeps the seed, so that a run
 * can be repeated.
 */
export interface Random {
  /** Uniform on [0, 1), with 53 random bits. */
  next(): number;
  /** A uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A generator of its own for `label`, independent of how much was drawn here: adding a draw in one place leaves others alone. */
  fork(label: string): Random;
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded through
 * splitmix32 so that neighbouring seeds give unrelated streams. Period 2^128 − 1.
 */
export function seededRandom(seed: number | string): Random {
  const root = typeof seed === 'number' ? hashText(`n${seed}`) : hashText(`s${seed}`);
  let state = root;
  const mix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = mix();
  let b = mix();
  let c = mix();
  let d = mix() | 1; // never all zero, the one state the generator cannot leave

  const bits = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };

  const next = (): number => ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 0x20000000000000;

  return {
    next,
    integer: (bound) => Math.floor(next() * bound),
    fork: (label) => seededRandom(`${root}/${label}`),
  };
}

/** A standard normal deviate, by Marsaglia's polar method. */
export function normal(random: Random): number {
  for (;;) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** An exponential deviate of mean 1, by inversion. */
export function exponential(random: Random): number {
  return -Math.log1p(-random.next());
}

/** Shuffles in place (Fisher–Yates, Durstenfeld's form) and returns the same array. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    const held = items[last];
    items[last] = items[other];
    items[other] = held;
  }
  return items;
}

/** 32-bit FNV-1a over UTF-16 units: spreads labels into seeds; not for hashing content. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}
