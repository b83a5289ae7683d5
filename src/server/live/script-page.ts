/** The part of the page's script that listens to the run, lets charts be looked at, and speaks. */
export const PAGE_SCRIPT = `
const FRAME_MS = 500; // between two drawings of the charts
const SPOKEN_MS = 20000; // between two sentences for those who listen

// The charts, and the moment that one looks at.
let pointed; // a time, while a pointer rests on a chart
let momentOf = 1000; // of the slider: 1000 is now
const viewOf = () => {
  const last = lastPoint()?.t ?? 0;
  const phase = lastPhase();
  const most = Number(byId('window').value);
  const end = phase && !run.finish && !run.part ? Math.max(last, phase.start + phase.duration) : last;
  const from = most > 0 ? Math.max(0, last - most) : 0;
  const to = Math.max(from + 1000, most > 0 ? Math.min(end, from + most) : end);
  const shown = slices(run.points, run.phases, { from, to, most: 240 });
  const first = shown[0]?.t ?? from;
  const time = pointed ?? (momentOf < 1000 ? first + ((last - first) * momentOf) / 1000 : undefined);
  const moment = time === undefined ? undefined : nearest(shown, time);
  return { from, to, phases: run.phases, slices: shown, moment };
};
const nearest = (points, time) =>
  points.reduce((best, point) => (!best || Math.abs(point.t - time) < Math.abs(best.t - time) ? point : best), undefined);
let view = viewOf();
let drawnAt = Number.NEGATIVE_INFINITY;
let waiting = 0;
const draw = () => {
  clearTimeout(waiting);
  waiting = 0;
  drawnAt = performance.now();
  view = viewOf();
  for (const chart of CHARTS) {
    drawChart(chart, view);
    showData(chart, false);
  }
  showPhases();
  showMoment();
  document.querySelector('.charts').dataset.until = lastPoint()?.t ?? 0; // how far they are drawn
};
// At the next picture that the screen shows, however often it is asked for.
let isAsked = false;
const drawNext = () => {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    draw();
  });
};
const drawSoon = () => {
  if (waiting !== 0 || document.hidden) return;
  waiting = setTimeout(drawNext, Math.max(0, drawnAt + FRAME_MS - performance.now()));
};
const showMoment = () => {
  const point = view.moment;
  const text = point ? clockTime(point.t) : 'now';
  byId('moment-value').textContent = text;
  const [first, last] = [view.slices[0]?.t ?? 0, lastPoint()?.t ?? 0];
  byId('moment').value = pointed === undefined || !point ? momentOf : Math.round((1000 * (point.t - first)) / Math.max(1, last - first));
  const figures = (point ?? lastPoint())
    ? ': ' + CHARTS.flatMap(({ unit, series }) => series.map(({ key, label }) => label + ' ' + WRITE[unit]((point ?? view.slices.at(-1))?.[key]))).join(', ')
    : '';
  byId('moment').setAttribute('aria-valuetext', text + figures);
};
byId('moment').addEventListener('input', (event) => {
  momentOf = Number(event.target.value);
  drawNext();
});
byId('window').addEventListener('change', drawNext);
for (const chart of CHARTS) {
  const figure = byId(chart.id);
  const plot = figure.querySelector('.plot');
  plot.addEventListener('pointermove', (event) => {
    const box = plot.getBoundingClientRect();
    const inner = Math.max(10, box.width - MARGIN.left - marginRight(chart));
    pointed = view.from + ((event.clientX - box.left - MARGIN.left) / inner) * (view.to - view.from);
    drawNext();
  });
  plot.addEventListener('pointerleave', () => {
    pointed = undefined;
    drawNext();
  });
  figure.querySelector('details').addEventListener('toggle', () => showData(chart, true));
}
new ResizeObserver(drawNext).observe(document.querySelector('.charts'));
document.addEventListener('visibilitychange', drawSoon);

// What is said to those who listen: at once where something begins or ends, else seldom.
let spokenAt = 0;
const speak = (text) => {
  spokenAt = performance.now();
  byId('spoken').textContent = text;
};
const speakFigures = () => {
  const [point, phase] = [lastPoint(), lastPhase()];
  if (!point || !phase || performance.now() - spokenAt < SPOKEN_MS) return;
  const failed = point.errors + point.timeouts + point.dropped;
  speak(
    headOfPhase(phase, point).aside + ': p95 ' + duration(point.p95) + ', ' + perSecond(point.achieved) + ', ' +
      (failed > 0 ? plural(failed, 'failure') : 'no failures') + '.',
  );
};

// The connection. All is sent anew each time that it is made: nothing is lost, whoever was away, and for how long.
const LINK = { waiting: 'connecting', live: 'live', lost: 'connection lost, trying again', over: 'over' };
const showLink = (state) => {
  if (byId('link').dataset.state === state) return;
  byId('link').dataset.state = state;
  byId('link').textContent = LINK[state];
};
let source;
const showAll = () => {
  showHead();
  showTiles();
  showNote();
  showWarnings();
  drawSoon();
};
const end = () => {
  source.close();
  showLink('over');
  draw();
};
const LISTENERS = {
  snapshot: (snapshot) => {
    run = snapshot;
    showLink('live');
    showAll();
    if (run.finish) end();
  },
  point: ({ point, phase }) => {
    run.part = null;
    run.points.push(point);
    if (phase) {
      run.phases.push(phase);
      speak('The phase ' + phase.name + ' has begun.');
    }
    showHead();
    showTiles();
    speakFigures();
    drawSoon();
  },
  part: (part) => {
    if (part.name !== run.part?.name) speak('Now: ' + part.name + '.');
    run.part = part;
    showHead();
  },
  note: (note) => {
    run.note = note;
    showNote();
  },
  warning: (warning) => {
    run.warnings.push(warning);
    showWarnings();
    speak('Warning: ' + warning);
  },
  finish: (finish) => {
    run.finish = finish;
    run.part = null;
    const { name, sentence, code } = headOfFinish(finish);
    speak((finish.verdict ? 'The run is over: ' : '') + name + '. ' + sentence + (code ?? ''));
    showAll();
    end();
  },
};
const connect = () => {
  source = new EventSource('events');
  for (const [name, listener] of Object.entries(LISTENERS)) {
    source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
  }
  source.addEventListener('error', () => {
    showLink('lost');
    // Most failures the browser repairs by itself; of the others it gives up, and says so.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
};
addEventListener('pageshow', (event) => {
  if (event.persisted && !run.finish) connect();
});
connect();
`;
