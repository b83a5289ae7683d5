/** Arithmetic of the page's script: points into slices of time, values into scales. It touches no document. */
export const SERIES_SCRIPT = `
const larger = (x, y) => (x === null || y === null ? (x ?? y) : Math.max(x, y));
// Two neighbours as one, as the server joins them: rates are averaged, of everything else the worst is kept.
const join = (a, b) => {
  const mean = (x, y) =>
    x === null || y === null ? (x ?? y) : (x * a.weight + y * b.weight) / (a.weight + b.weight);
  return {
    ...b,
    weight: a.weight + b.weight,
    offered: mean(a.offered, b.offered),
    achieved: mean(a.achieved, b.achieved),
    goodput: mean(a.goodput, b.goodput),
    p50: larger(a.p50, b.p50),
    p95: larger(a.p95, b.p95),
    p99: larger(a.p99, b.p99),
    lag: larger(a.lag, b.lag),
    inFlight: Math.max(a.inFlight, b.inFlight),
    failing: larger(a.failing, b.failing),
  };
};

// At most a point for each phase and nth of the time from..to, with the rates at which counts grew since the one before.
const slices = (points, phases, range) => {
  const { from, to, most } = range;
  const result = [];
  let before;
  for (const point of points) {
    if (point.t > to) break;
    if (point.t < from) {
      before = point;
      continue;
    }
    const slot = Math.min(most - 1, Math.floor(((point.t - from) / Math.max(1, to - from)) * most));
    const last = result.at(-1);
    if (last && last.slot === slot && last.phase === point.phase) result[result.length - 1] = { ...join(last, point), slot };
    else result.push({ ...point, slot });
  }
  const starts = new Map(phases.map(({ id, start }) => [id, start]));
  return result.map((point, index) => {
    const previous = index === 0 ? before : result[index - 1];
    return { ...point, ...growth(previous, point, starts.get(point.phase)) };
  });
};
const growth = (before, point, start) => {
  const since = before && before.phase === point.phase ? before : { t: start ?? point.t, errors: 0, timeouts: 0, dropped: 0 };
  const seconds = (point.t - since.t) / 1000;
  const rate = (key) => (seconds > 0 ? Math.max(0, point[key] - since[key]) / seconds : null);
  return { errorRate: rate('errors'), timeoutRate: rate('timeouts'), dropRate: rate('dropped') };
};

// Round steps of time, in milliseconds.
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400].map((s) => s * 1000);
const timeTicks = (from, to, most) => {
  const step = TIME_STEPS.find((each) => (to - from) / each <= most) ?? Math.ceil((to - from) / most);
  const ticks = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
};

// From zero to a round number at or above the largest value, in at most five steps.
const zeroScale = (values, least) => {
  const high = Math.max(least, ...values);
  const power = 10 ** Math.floor(Math.log10(high / 5));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each * 5 >= high * 0.999) ?? high / 5;
  const steps = Math.ceil((high / step) * 0.999);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(9)));
  const top = ticks.at(-1);
  return { kind: 'zero', ticks, place: (value) => value / top };
};

// Round ends around all values, ticked at 1, 2 and 5, or at 1 alone where that is too many.
const logScale = (values) => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const steps = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)); power += 1)
    for (const step of [1, 2, 5]) steps.push(Number(step + 'e' + power));
  const start = steps.findLast((step) => step <= low) ?? steps[0];
  const end = steps.find((step) => step >= high && step > start) ?? steps.at(-1);
  const inside = steps.filter((step) => step >= start && step <= end);
  const decades = inside.filter((step) => Number.isInteger(Math.round(Math.log10(step) * 1e9) / 1e9));
  const ticks = inside.length > 8 && decades.length > 1 ? decades : inside;
  const span = Math.log(end / start);
  return { kind: 'log', ticks, place: (value) => Math.max(0, Math.log(value / start) / span) };
};

// Where the largest value is so many times the smallest, a scale from zero would flatten the small ones; once it is
// logarithmic it stays so until they are closer again by half, lest it change to and fro.
const FAR_APART = 20;
const scaleOf = (chart, values, before) => {
  const positive = values.filter((value) => value > 0);
  const least = chart.bound?.value ?? (chart.unit === 'count' ? 4 : chart.unit === 'duration' && positive.length > 0 ? 1e-3 : 1);
  const times = positive.length > 0 ? Math.max(...positive) / Math.min(...positive) : 1;
  const isLog = chart.scale === 'log' && times > (before?.kind === 'log' ? FAR_APART / 2 : FAR_APART);
  return isLog ? logScale(positive) : zeroScale(values, least);
};

// Moves labels apart that would cover each other: the least distance is gap, none lies outside low..high.
const spread = (places, gap, low, high) => {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  for (const [index, each] of order.entries()) each.place = Math.max(each.place, index === 0 ? low : order[index - 1].place + gap);
  for (let index = order.length - 1; index >= 0; index -= 1) {
    order[index].place = Math.min(order[index].place, index === order.length - 1 ? high : order[index + 1].place - gap);
  }
  const result = [];
  for (const { place, index } of order) result[index] = place;
  return result;
};
`;
