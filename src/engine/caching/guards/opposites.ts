import type { Word } from './words.ts';

/** Words of which a question means one or the other; each list of a pair is one side. */
const OPPOSITES: readonly (readonly string[])[] = [
  ['first earliest', 'last latest final'],
  ['before until prior', 'after since following'],
  [
    'most maximum max largest highest greatest longest biggest fastest heaviest',
    'least minimum min smallest lowest shortest slowest lightest fewest',
  ],
  ['above over exceeding', 'below under beneath'],
  ['depart departs departure departures leave leaves leaving', 'arrive arrives arrival arrivals'],
  ['open opens opening start starts begin begins', 'close closes closing shut shuts end ends'],
  ['allowed permitted accepted', 'forbidden banned prohibited refused rejected'],
  [
    'adult adults',
    'child children',
    'infant infants baby babies',
    'pensioner senior seniors',
    'student students',
  ],
  ['single one-way', 'return round-trip'],
  ['accompanied', 'unaccompanied'],
  ['high', 'low', 'mid'],
  ['upper', 'lower'],
  ['port', 'starboard'],
  ['bow', 'stern'],
  ['indoors inside', 'outdoors outside'],
  ['old former previous earlier', 'new current present now today'],
  ['crew staff employee employees', 'passenger passengers customer customers'],
  ['buy buys bought purchase', 'sell sells sold'],
  ['more', 'less fewer'],
  ['increase increased rise rose raised', 'decrease decreased fall fell reduced'],
  [
    'foot',
    'car cars vehicle vehicles',
    'bicycle bicycles bike bikes',
    'motorcycle motorcycles',
    'van vans',
    'lorry lorries',
  ],
  ['mainland', 'island'],
  ['short-stay short-term', 'long-stay long-term'],
  ['hot', 'cold'],
  ['male', 'female'],
  ['included including include includes', 'excluded excluding exclude excludes'],
  ['length', 'height', 'width', 'depth', 'weight'],
  ['arrears overdue late', 'advance early'],
];

const SIDE = new Map<string, { readonly pair: number; readonly side: number }[]>();
OPPOSITES.forEach((sides, pair) => {
  sides.forEach((words, side) => {
    for (const word of words.split(' ')) SIDE.set(word, [...(SIDE.get(word) ?? []), { pair, side }]);
  });
});

/** Which sides of which pairs a question names, as bits by pair. */
export type Sides = ReadonlyMap<number, number>;

export function sidesOf(words: readonly Word[]): Sides {
  const sides = new Map<number, number>();
  for (const { word } of words) {
    for (const { pair, side } of SIDE.get(word) ?? []) sides.set(pair, (sides.get(pair) ?? 0) | (1 << side));
  }
  return sides;
}

/** Where both questions take sides, they take the same. */
export function sidesAgree(a: Sides, b: Sides): boolean {
  for (const [pair, sides] of a) {
    const others = b.get(pair);
    if (others !== undefined && others !== sides) return false;
  }
  return true;
}
