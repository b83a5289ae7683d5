/**
 * How the page's script writes numbers: word for word as reporting/format.ts does, which is out of its reach. A test holds
 * the two against each other.
 */
export const FORMAT_SCRIPT = String.raw`
const MISSING = '–';
const isKnown = (value) => typeof value === 'number' && Number.isFinite(value);
const grouped = (digits) => {
  const [whole, fraction] = digits.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? spaced : spaced + '.' + fraction;
};
const significant = (value) => {
  if (!isKnown(value)) return MISSING;
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(Math.abs(value) < 100 ? 3 : 15));
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return grouped(rounded.toFixed(decimals));
};
const duration = (value) => {
  if (!isKnown(value)) return MISSING;
  if (value < 10000) return significant(value) + ' ms';
  if (value < 120000) return significant(value / 1000) + ' s';
  const seconds = Math.round(value / 1000);
  return grouped(String(Math.floor(seconds / 60))) + ' min ' + (seconds % 60) + ' s';
};
const share = (value) => {
  if (!isKnown(value)) return MISSING;
  const text = (value * 100).toFixed(1);
  if (value > 0 && text === '0.0') return '< 0.1 %';
  if (value < 1 && text === '100.0') return '> 99.9 %';
  return text + ' %';
};
const count = (value) => (isKnown(value) ? grouped(String(Math.round(value))) : MISSING);
const perSecond = (value) => (isKnown(value) ? significant(value) + ' /s' : MISSING);
const WRITE = { duration, perSecond, count };

// Milliseconds since the run began: 12 s, 3:20, 1:03:20.
const clockTime = (t) => {
  const seconds = Math.max(0, Math.round(t / 1000));
  if (seconds < 60) return seconds + ' s';
  const two = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? minutes + ':' + two(seconds % 60)
    : Math.floor(minutes / 60) + ':' + two(minutes % 60) + ':' + two(seconds % 60);
};
// A time that one waits for: 18 s, 3 min 20 s.
const timeSpan = (ms) => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 120 ? seconds + ' s' : Math.floor(seconds / 60) + ' min ' + (seconds % 60) + ' s';
};
// The label of an axis: as few digits as tell it from its neighbours.
const axisLabel = (value, unit) => {
  if (unit !== 'duration') return grouped(String(Number(value.toPrecision(6))));
  return value >= 1000 ? Number((value / 1000).toPrecision(6)) + ' s' : Number(value.toPrecision(6)) + ' ms';
};
`;
