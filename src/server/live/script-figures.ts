/** The part of the page's script that writes: what runs and how far it is, the figures, the tables. */
export const FIGURES_SCRIPT = String.raw`
const byId = (id) => document.getElementById(id);
const runTitle = document.body.dataset.title;
const TABLE_MS = 5000; // between two fillings of an open table
const TABLE_ROWS = 60;

let run = { phases: [], points: [], part: null, note: null, warnings: [], finish: null };
const lastPoint = () => run.points.at(-1);
const lastPhase = () => run.phases.at(-1);

// The head: what runs, and how far it is.
const plural = (number, thing) => count(number) + ' ' + thing + (number === 1 ? '' : 's');
const headOfPhase = (phase, point) => {
  const at = point.t - phase.start;
  const over = phase.duration > 0 ? Math.min(1, at / phase.duration) : 1;
  const left = over < 1 ? timeSpan(phase.duration - at) + ' left' : plural(point.inFlight, 'request') + ' to come';
  const kind = (phase.loop === 'open' ? 'Open loop' : 'Closed loop') + (phase.warmup ? ', warm-up: not in the results. ' : '. ');
  const failing = point.failing > 0 ? share(point.failing) + ' of the last seconds’ requests failed.' : '';
  return {
    name: phase.name,
    aside: left,
    share: over,
    sentence: kind + plural(point.arrivals, 'arrival') + ' in ' + clockTime(Math.min(at, phase.duration)) + ' of ' + clockTime(phase.duration) + '. ' + failing,
  };
};
const headOfPart = ({ name, step, steps, done, total, unit }) => ({
  name,
  aside: step === null ? '' : 'part ' + step + ' of ' + steps,
  share: done !== null && total ? Math.min(1, done / total) : null,
  sentence: done === null ? '' : count(done) + (total === null ? '' : ' of ' + count(total)) + ' ' + unit + '.',
});
const headOfFinish = ({ verdict, detail, reportPath }) => ({
  name: verdict ?? 'The run is over',
  verdict,
  aside: verdict ? 'The run is over' : '',
  share: 1,
  sentence: (detail ? detail.replace(/\.?$/, '. ') : '') + (reportPath ? 'The report: ' : ''),
  code: reportPath,
});
const head = () => {
  if (run.finish) return headOfFinish(run.finish);
  if (run.part) return headOfPart(run.part);
  return lastPoint() && lastPhase() ? headOfPhase(lastPhase(), lastPoint()) : undefined;
};
const showHead = () => {
  const shown = head();
  if (!shown) return;
  byId('status').querySelector('.name').textContent = shown.name;
  byId('status').querySelector('.aside').textContent = shown.aside;
  if (shown.verdict) byId('status').dataset.verdict = shown.verdict;
  const bar = byId('progress');
  if (shown.share === null) bar.removeAttribute('value');
  else bar.value = shown.share;
  bar.hidden = run.finish !== null;
  const sentence = byId('sentence');
  sentence.textContent = shown.sentence;
  if (shown.code) {
    const code = document.createElement('code');
    code.textContent = shown.code;
    sentence.append(code);
  }
  const place = run.finish ? shown.name : shown.name + (shown.aside ? ', ' + shown.aside : '');
  document.title = place + ' · ' + runTitle + ' · groundspeed live';
};

// The figures.
const showTile = (id, value, detail, mood) => {
  const tile = byId('tile-' + id);
  tile.querySelector('.value').textContent = value;
  tile.querySelector('.detail').textContent = detail;
  if (mood) tile.dataset.mood = mood;
  else delete tile.dataset.mood;
};
const showTiles = () => {
  const point = lastPoint();
  if (!point) return;
  const { loop } = lastPhase() ?? {};
  showTile('achieved', perSecond(point.achieved), loop === 'closed' ? 'closed loop' : 'of ' + perSecond(point.offered) + ' offered');
  showTile('goodput', perSecond(point.goodput), 'right and in time, estimated');
  for (const key of ['p50', 'p95', 'p99']) showTile(key, duration(point[key]), 'of the last seconds');
  for (const key of ['errors', 'timeouts', 'dropped']) {
    const some = point[key] > 0;
    showTile(key, count(point[key]), some ? share(point[key] / point.arrivals) + ' of this phase' : 'in this phase', some ? 'bad' : undefined);
  }
  showTile('inFlight', count(point.inFlight), 'sent, not answered');
  const isLate = point.lag > LAG_TO_MIND_MS;
  showTile('lag', duration(point.lag), isLate ? 'the generator is late' : 'of the generator', isLate ? 'mind' : undefined);
};

// Tables.
const cell = (name, text) => {
  const element = document.createElement(name);
  if (name === 'th') element.scope = 'row';
  element.textContent = text;
  return element;
};
const fill = (body, rows) => {
  body.replaceChildren(
    ...rows.map(([first, ...others]) => {
      const row = document.createElement('tr');
      row.append(cell('th', first), ...others.map((text) => cell('td', text)));
      return row;
    }),
  );
};
const showPhases = () => {
  const rows = run.phases.map((phase) => {
    const points = run.points.filter((point) => point.phase === phase.id);
    const last = points.at(-1);
    const highest = (key) => points.reduce((worst, point) => larger(worst, point[key]), null);
    const name = phase.name + (phase.warmup && phase.name !== 'warm-up' ? ' (warm-up)' : '');
    const counts = ['arrivals', 'errors', 'timeouts', 'dropped'].map((key) => count(last?.[key]));
    return [name, phase.loop, clockTime(phase.start), ...counts, duration(highest('p95')), duration(highest('lag'))];
  });
  fill(byId('phases').tBodies[0], rows);
};
const tablesAt = new Map();
const showData = (chart, isForced) => {
  const figure = byId(chart.id);
  if (!figure.querySelector('details').open) return;
  const now = performance.now();
  if (!isForced && now - (tablesAt.get(chart.id) ?? Number.NEGATIVE_INFINITY) < TABLE_MS) return;
  tablesAt.set(chart.id, now);
  const names = new Map(run.phases.map(({ id, name }) => [id, name]));
  const range = { from: 0, to: lastPoint()?.t ?? 0, most: TABLE_ROWS };
  const rows = slices(run.points, run.phases, range).map((point) => [
    clockTime(point.t),
    names.get(point.phase) ?? MISSING,
    ...chart.series.map(({ key }) => WRITE[chart.unit](point[key])),
  ]);
  fill(figure.querySelector('tbody'), rows);
};
const showNote = () => {
  byId('note').hidden = run.note === null;
  byId('note').textContent = run.note ?? '';
};
const showWarnings = () => {
  byId('warnings').hidden = run.warnings.length === 0;
  byId('warnings').querySelector('ul').replaceChildren(...run.warnings.map((text) => cell('li', text)));
};
`;
