/** How units are written, each list beginning with the one name that stands for them. `of` is what they measure. */
const UNITS: readonly { readonly of: string; readonly names: readonly string[] }[] = [
  { of: 'money', names: ['£', 'pound', 'pounds', 'quid', 'gbp'] },
  { of: 'money', names: ['€', 'euro', 'euros', 'eur'] },
  { of: 'money', names: ['$', 'dollar', 'dollars', 'usd'] },
  { of: 'money', names: ['penny', 'pence', 'p'] },
  { of: 'share', names: ['%', 'percent', 'percentage'] },
  { of: 'length', names: ['mm', 'millimetre', 'millimetres', 'millimeter', 'millimeters'] },
  { of: 'length', names: ['cm', 'centimetre', 'centimetres', 'centimeter', 'centimeters'] },
  { of: 'length', names: ['m', 'metre', 'metres', 'meter', 'meters'] },
  { of: 'length', names: ['km', 'kilometre', 'kilometres', 'kilometer', 'kilometers'] },
  { of: 'length', names: ['mile', 'miles'] },
  { of: 'length', names: ['foot', 'feet', 'ft'] },
  { of: 'mass', names: ['g', 'gram', 'grams', 'gramme', 'grammes'] },
  { of: 'mass', names: ['kg', 'kilo', 'kilos', 'kilogram', 'kilograms', 'kilogrammes'] },
  { of: 'mass', names: ['t', 'tonne', 'tonnes', 'ton', 'tons'] },
  { of: 'volume', names: ['ml', 'millilitre', 'millilitres', 'milliliter', 'milliliters'] },
  { of: 'volume', names: ['l', 'litre', 'litres', 'liter', 'liters'] },
  { of: 'time', names: ['s', 'sec', 'secs', 'second', 'seconds'] },
  { of: 'time', names: ['min', 'mins', 'minute', 'minutes'] },
  { of: 'time', names: ['h', 'hr', 'hrs', 'hour', 'hours'] },
  { of: 'time', names: ['day', 'days'] },
  { of: 'time', names: ['week', 'weeks'] },
  { of: 'time', names: ['month', 'months'] },
  { of: 'time', names: ['year', 'years', 'yr', 'yrs'] },
  { of: 'speed', names: ['kn', 'kt', 'kts', 'knot', 'knots'] },
  { of: 'speed', names: ['km/h', 'kph', 'kmh'] },
  { of: 'speed', names: ['mph'] },
  { of: 'pressure', names: ['bar', 'bars'] },
  { of: 'pressure', names: ['psi'] },
  { of: 'energy', names: ['wh', 'watt-hour', 'watt-hours'] },
  { of: 'energy', names: ['kwh'] },
  { of: 'power', names: ['w', 'watt', 'watts'] },
  { of: 'power', names: ['kw', 'kilowatt', 'kilowatts'] },
  { of: 'angle', names: ['degree', 'degrees'] },
];

const BY_NAME = new Map(
  UNITS.flatMap(({ of, names }) => names.map((name) => [name, { of, unit: names[0]! }] as const)),
);

/** The unit's one name, and what it measures. A single letter is a unit only after a number. */
export function unitOf(word: string): { readonly of: string; readonly unit: string } | undefined {
  return BY_NAME.get(word);
}
