/**
 * The live page's only style sheet. Its colours and fonts are those of the report (reporting/html/style.ts): a test holds
 * them against each other.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --raised: #f6f7f9; --ink: #1b1f24; --soft: #59616b; --line: #dde1e6;
  --blue: #0b6cb0; --green: #06825f; --orange: #c77c02; --vermilion: #c94f00;
  --purple: #b0578a; --grey: #8b949e; --stop: #fdece4; --mind: #fdf4dc; --hit: #e3f3ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --raised: #1d2126; --ink: #e8eaed; --soft: #a3abb5; --line: #343a42;
    --blue: #58aef0; --green: #35bd92; --orange: #eda83a; --vermilion: #f2803c;
    --purple: #dd92ba; --grey: #7d8691; --stop: #40231a; --mind: #38301a; --hit: #17352b;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.page { max-width: 82rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding: 1.75rem 0 1.1rem; }
.run { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; color: var(--soft); font-size: .875rem; margin: 0 0 .9rem; }
.run b { color: var(--ink); font-weight: 600; letter-spacing: .01em; }
.link { margin-left: auto; display: inline-flex; align-items: center; gap: .45rem; white-space: nowrap; }
.link::before { content: ''; width: .6rem; height: .6rem; border-radius: 50%; border: 2px solid var(--grey); }
.link[data-state=live]::before { background: var(--green); border-color: var(--green); }
.link[data-state=lost]::before { border-color: var(--vermilion); }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.4rem); font-weight: 650; letter-spacing: -.02em; line-height: 1.15; margin: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; }
h1 .aside { font-size: .5em; font-weight: 500; letter-spacing: 0; color: var(--soft); font-variant-numeric: tabular-nums; }
h1[data-verdict=PASS] .name { color: var(--green); }
h1[data-verdict=FAIL] .name { color: var(--vermilion); }
.sentence { color: var(--soft); margin: .45rem 0 0; font-variant-numeric: tabular-nums; }
.sentence code { color: var(--ink); }
code { font: .9em ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace; }
progress { appearance: none; display: block; width: 100%; height: .4rem; margin: 1rem 0 0; border: 0; border-radius: 99px; overflow: hidden; background: var(--line); color: var(--blue); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--blue); }
progress::-moz-progress-bar { background: var(--blue); }
h2 { font-size: 1.15rem; line-height: 1.25; letter-spacing: -.01em; margin: 0; }
section { padding: 0 0 1.6rem; }
.tiles { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .7rem; margin: 0; }
@media (min-width: 44rem) { .tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); } }
.tiles div { background: var(--raised); border-radius: 10px; padding: .7rem .85rem .65rem; border-left: 4px solid transparent; }
.tiles div[data-mood=bad] { background: var(--stop); border-color: var(--vermilion); }
.tiles div[data-mood=mind] { background: var(--mind); border-color: var(--orange); }
.tiles dt { font-size: .8rem; color: var(--soft); }
.tiles div[data-mood] :is(dt, .detail) { color: var(--ink); }
.tiles dd { margin: 0; }
.tiles .value { font-size: clamp(1.15rem, .9rem + 1vw, 1.5rem); font-weight: 600; letter-spacing: -.015em; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .detail { font-size: .765rem; color: var(--soft); min-height: 1.55em; }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; padding: .7rem 0; border-block: 1px solid var(--line); font-size: .875rem; color: var(--soft); }
.controls h2 { color: var(--ink); margin-right: auto; }
.controls label { display: flex; align-items: center; gap: .6rem; }
.controls output { min-width: 4.5rem; font-variant-numeric: tabular-nums; color: var(--ink); }
select { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .5rem; }
input[type=range] { accent-color: var(--blue); width: 9rem; }
.charts { display: grid; gap: 1.5rem 2.25rem; padding-top: 1.2rem; }
figure { margin: 0; min-width: 0; }
@media (min-width: 52rem) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 72rem) {
  .charts { grid-template-columns: repeat(10, minmax(0, 1fr)); }
  figure { grid-column: span 3; }
  #rate, #latency { grid-column: span 5; }
  #failures { grid-column: span 4; }
}
figcaption { font-weight: 600; font-size: .95rem; }
.legend { list-style: none; margin: .1rem 0 .25rem; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .8125rem; color: var(--soft); min-height: 1.3rem; }
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; display: inline-block; min-width: 3.9rem; }
.swatch { width: 1.375rem; height: .75rem; margin-right: .4rem; vertical-align: -.02em; }
.plot { position: relative; }
.plot svg { display: block; width: 100%; font-variant-numeric: tabular-nums; overflow: visible; touch-action: pan-y; }
.plot text { font-size: 12px; fill: var(--soft); }
.plot .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.empty { margin: 0; font-size: .875rem; color: var(--soft); }
details { margin: .3rem 0 0; }
summary { cursor: pointer; color: var(--soft); font-size: .8125rem; padding: .25rem 0; width: fit-content; }
summary:hover { color: var(--ink); }
.scroll { overflow: auto; max-height: 22rem; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
th, td { padding: .35rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { font-weight: 600; color: var(--soft); }
tbody th { font-weight: 500; }
#warnings ul { margin: .5rem 0 0; padding: .65rem 1rem .65rem 2rem; border-radius: 8px; font-size: .9rem; background: var(--mind); border-left: 4px solid var(--orange); }
noscript p { padding: .65rem 1rem; border-radius: 8px; background: var(--mind); border-left: 4px solid var(--orange); }
footer { padding: .5rem 0 2.5rem; color: var(--soft); font-size: .8125rem; }
`;
