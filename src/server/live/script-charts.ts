/** The part of the page's script that draws. */
export const CHARTS_SCRIPT = `
const SVG = 'http://www.w3.org/2000/svg';
const shape = (name, attributes, text) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const MARGIN = { left: 54, top: 20, bottom: 22 };
// Where lines have their names behind them, room for those.
const marginRight = (chart) => (chart.series.length > 1 ? 64 : 12);
const LETTER = 6.6; // about as wide as a letter of 12 px

// Where things stand: x of a time, y of a value, both in pixels.
const frameOf = (chart, { width, height }, view, scale) => {
  const inner = { width: Math.max(10, width - MARGIN.left - marginRight(chart)), height: height - MARGIN.top - MARGIN.bottom };
  const bottom = MARGIN.top + inner.height;
  return {
    ...inner,
    right: MARGIN.left + inner.width,
    bottom,
    x: (t) => MARGIN.left + ((t - view.from) / Math.max(1, view.to - view.from)) * inner.width,
    y: (value) => bottom - Math.min(1, scale.place(value)) * inner.height,
  };
};

const drawPhases = (frame, view) => {
  const { phases, from, to } = view;
  const parts = [];
  for (const [index, phase] of phases.entries()) {
    const end = phases[index + 1]?.start ?? Math.max(to, phase.start + phase.duration);
    if (end <= from || phase.start >= to) continue;
    const [left, right] = [frame.x(Math.max(from, phase.start)), frame.x(Math.min(to, end))];
    if (phase.warmup) {
      parts.push(shape('rect', { x: left, y: MARGIN.top, width: right - left, height: frame.height, fill: 'var(--raised)' }));
    }
    if (phase.start >= from) {
      parts.push(shape('path', { d: 'M' + left + ' 4V' + frame.bottom, stroke: 'var(--grey)', 'stroke-dasharray': '1 3', class: 'boundary' }));
    }
    const letters = Math.floor((right - left - 8) / LETTER);
    if (letters < 3) continue;
    const name = phase.name.length > letters ? phase.name.slice(0, letters - 1) + '…' : phase.name;
    parts.push(shape('text', { x: left + 4, y: 13, class: 'phase' }, name));
  }
  return parts;
};

const drawAxes = (frame, view, scale, chart) => {
  const parts = [];
  for (const tick of scale.ticks) {
    const y = frame.y(tick);
    parts.push(shape('path', { d: 'M' + MARGIN.left + ' ' + y + 'H' + frame.right, stroke: 'var(--line)' }));
    parts.push(shape('text', { x: MARGIN.left - 7, y: y + 4, 'text-anchor': 'end' }, axisLabel(tick, chart.unit)));
  }
  for (const tick of timeTicks(view.from, view.to, Math.max(2, Math.floor(frame.width / 70)))) {
    parts.push(shape('text', { x: frame.x(tick), y: frame.bottom + 16, 'text-anchor': 'middle' }, clockTime(tick)));
  }
  if (chart.bound) {
    const y = frame.y(chart.bound.value);
    parts.push(shape('path', { d: 'M' + MARGIN.left + ' ' + y + 'H' + frame.right, stroke: 'var(--ink)', 'stroke-dasharray': '3 3' }));
  }
  return parts;
};

// A line that breaks where a value is unknown and where another phase begins; a value alone is a dot.
const lineOf = (points, key, frame) => {
  let path = '';
  let before;
  for (const [index, point] of points.entries()) {
    const value = point[key];
    if (!isKnown(value)) {
      before = undefined;
      continue;
    }
    const at = frame.x(point.t).toFixed(1) + ' ' + frame.y(value).toFixed(1);
    const next = points[index + 1];
    if (before === point.phase) path += 'L' + at;
    else path += 'M' + at + (next && next.phase === point.phase && isKnown(next[key]) ? '' : 'h0');
    before = point.phase;
  }
  return path;
};

const drawLines = (frame, view, _scale, chart) =>
  chart.series.map(({ key, colour, dash }) =>
    shape('path', {
      d: lineOf(view.slices, key, frame),
      class: 'line',
      'data-key': key,
      fill: 'none',
      stroke: 'var(' + colour + ')',
      'stroke-width': 2,
      'stroke-linejoin': 'round',
      'stroke-linecap': 'round',
      ...(dash ? { 'stroke-dasharray': dash } : {}),
    }),
  );

// The names of the lines at their ends, so that no colour need be told from another.
const drawEnds = (frame, view, _scale, chart) => {
  const last = view.slices.at(-1);
  const known = chart.series.filter(({ key }) => last && isKnown(last[key]));
  if (known.length < 2) return [];
  const places = spread(known.map(({ key }) => frame.y(last[key])), 13, MARGIN.top, frame.bottom);
  const x = frame.x(last.t);
  return known.map(({ label }, index) => shape('text', { x: x + 6, y: places[index] + 4, class: 'halo' }, label));
};

const drawMoment = (frame, view, _scale, chart) => {
  const point = view.moment;
  if (!point) return [];
  const x = frame.x(point.t);
  const dots = chart.series
    .filter(({ key }) => isKnown(point[key]))
    .map(({ key, colour }) => shape('circle', { cx: x, cy: frame.y(point[key]), r: 3.5, fill: 'var(' + colour + ')' }));
  return [shape('path', { d: 'M' + x + ' ' + MARGIN.top + 'V' + frame.bottom, stroke: 'var(--ink)', class: 'moment' }), ...dots];
};

const drawNothing = (frame) => [
  shape('path', { d: 'M' + MARGIN.left + ' ' + frame.bottom + 'H' + frame.right, stroke: 'var(--line)' }),
  shape('text', { x: MARGIN.left, y: frame.bottom - 8 }, 'No figures yet'),
];

const scales = new Map();
const drawChart = (chart, view) => {
  const figure = document.getElementById(chart.id);
  const svg = figure.querySelector('.plot svg');
  const width = svg.parentElement.clientWidth;
  const height = figure.classList.contains('large') ? 230 : 180;
  const values = view.slices.flatMap((point) => chart.series.map(({ key }) => point[key]).filter(isKnown));
  const scale = scaleOf(chart, values, scales.get(chart.id));
  scales.set(chart.id, scale);
  const frame = frameOf(chart, { width, height }, view, scale);
  svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
  svg.setAttribute('height', height);
  const drawn = [drawAxes, drawLines, drawEnds, drawMoment].flatMap((part) => part(frame, view, scale, chart));
  svg.replaceChildren(...drawPhases(frame, view), ...(values.length > 0 ? drawn : drawNothing(frame)));
  figure.querySelector('.scale').textContent = scale.kind === 'log' ? ', logarithmic' : '';
  const shown = view.moment ?? view.slices.at(-1);
  const write = WRITE[chart.unit];
  for (const value of figure.querySelectorAll('[data-key]:not(path)')) value.textContent = write(shown?.[value.dataset.key]);
};
`;
