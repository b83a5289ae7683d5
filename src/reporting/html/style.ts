/**
 * The page's only style sheet. Hues are those of Okabe and Ito's palette for the colour-blind, darkened on white and
 * lightened on black until each has 3:1 against its ground.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --raised: #f6f7f9; --ink: #1b1f24; --soft: #59616b; --line: #dde1e6;
  --blue: #0b6cb0; --sky: #3f9fd6; --green: #06825f; --orange: #c77c02; --vermilion: #c94f00;
  --purple: #b0578a; --grey: #8b949e; --stop: #fdece4; --mind: #fdf4dc; --hit: #e3f3ec;
    --held: #056b4c; --broke: #b03a00; --undecided: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --raised: #1d2126; --ink: #e8eaed; --soft: #a3abb5; --line: #343a42;
    --blue: #58aef0; --sky: #8fd0f7; --green: #35bd92; --orange: #eda83a; --vermilion: #f2803c;
    --purple: #dd92ba; --grey: #7d8691; --stop: #40231a; --mind: #38301a; --hit: #17352b;
    --held: #4fd0a6; --broke: #ff9a5e; --undecided: #eda83a;
  }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --raised: #f6f7f9; --ink: #000; --soft: #444; --line: #ccc;
    --blue: #0b6cb0; --sky: #3f9fd6; --green: #06825f; --orange: #c77c02; --vermilion: #c94f00;
    --purple: #b0578a; --grey: #8b949e; --stop: #fdece4; --mind: #fdf4dc; --hit: #e3f3ec;
    --held: #056b4c; --broke: #b03a00; --undecided: #8a5a00;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
a { color: var(--blue); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--ink); color: var(--paper); z-index: 1; }
.skip:focus { left: 1rem; top: 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.page { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h2 { font-size: 1.4rem; margin: 0 0 .4rem; letter-spacing: -.01em; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h4 { font-size: .8rem; margin: 1rem 0 .35rem; color: var(--soft); font-weight: 600; text-transform: uppercase; letter-spacing: .05em; }
p { margin: .5rem 0; max-width: 44rem; }
.lead { color: var(--soft); }
header.top { padding: 2.75rem 0 1.5rem; }
.run { color: var(--soft); font-size: .875rem; margin: 0 0 1.1rem; max-width: none; }
.run b { color: var(--ink); font-weight: 600; letter-spacing: .01em; }
h1 { font-size: clamp(1.9rem, 1.2rem + 3.2vw, 3.1rem); font-weight: 650; letter-spacing: -.025em; line-height: 1.1; margin: 0 0 .9rem; }
h1 .value { color: var(--green); font-variant-numeric: tabular-nums; white-space: nowrap; }
h1.doubtful .value { color: var(--vermilion); }
.verdict { display: inline-block; font-size: .765rem; font-weight: 700; letter-spacing: .03em; padding: .1rem .55rem; border-radius: 6px; white-space: nowrap; color: var(--paper); background: var(--soft); }
.verdict.pass { background: var(--held); }
.verdict.fail { background: var(--broke); }
.verdict.open { background: var(--undecided); }
h1 .verdict { font-size: .5em; vertical-align: .32em; margin-right: .2em; padding: .16em .6em; letter-spacing: .02em; }
h3 .verdict { vertical-align: .08em; margin-right: .25rem; }
.mark { font-weight: 700; margin-right: .15rem; }
.mark.pass { color: var(--held); }
.mark.fail { color: var(--broke); }
.mark.open { color: var(--undecided); }
.labels { list-style: none; margin: .8rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.note { margin: 1rem 0; padding: .65rem 1rem; border-radius: 8px; max-width: 54rem; font-size: .9rem; border-left: 4px solid var(--held); background: var(--hit); }
.note.bad { border-color: var(--broke); background: var(--stop); }
.note p { margin: 0; }
.note ul { margin: .3rem 0 0; padding-left: 1.1rem; }
.apart { margin: 1.5rem 0 1rem; padding: .2rem 1.1rem .8rem; border: 2px dashed var(--orange); border-radius: 10px; max-width: 44rem; font-size: .9rem; }
.apart h3 { margin-top: .8rem; }
.apart ul { margin: .5rem 0; padding-left: 1.1rem; }
.sentence { font-size: 1.075rem; max-width: 54rem; }
.doubts { margin: 1rem 0 0; padding: .65rem 1rem .65rem 2rem; border-radius: 8px; max-width: 54rem; font-size: .9rem; background: var(--mind); border-left: 4px solid var(--orange); }
.doubts.stop { background: var(--stop); border-color: var(--vermilion); }
.doubts li::marker { color: var(--soft); }
nav { font-size: .875rem; border-block: 1px solid var(--line); padding: .6rem 0; }
nav ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
nav a { color: var(--soft); text-decoration: none; display: inline-block; padding: .15rem 0; }
nav a:hover { color: var(--ink); text-decoration: underline; }
main { min-width: 0; }
section { padding: 2.4rem 0 1rem; border-bottom: 1px solid var(--line); }
section:last-child { border-bottom: 0; }
@media (min-width: 68rem) {
  .body { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 0 3.25rem; }
  nav { position: sticky; top: 0; align-self: start; border: 0; padding: 2.6rem 0 1rem; max-height: 100vh; overflow-y: auto; }
  nav ol { flex-direction: column; }
  main section:first-child { padding-top: 2.4rem; }
}
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.1rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; }
.tiles div { background: var(--raised); border-radius: 10px; padding: .75rem .85rem .7rem; }
.tiles dt { font-size: .8rem; color: var(--soft); }
.tiles dd { margin: 0; }
.tiles .value { font-size: 1.4rem; font-weight: 600; letter-spacing: -.015em; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .value.long { font-size: 1.1rem; line-height: 1.65; }
.tiles .detail { font-size: .765rem; color: var(--soft); }
.scroll { position: relative; overflow-x: auto; margin: .9rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
th, td { padding: .42rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; color: var(--soft); font-size: .8rem; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 7.5rem; }
tr > :first-child { position: sticky; left: 0; background: var(--paper); }
tbody tr:last-child > * { border-bottom: 0; }
.slim tbody th { min-width: 0; }
.n { text-align: right; white-space: nowrap; }
.meaning { display: block; font-weight: 400; font-size: .8125rem; color: var(--soft); padding-left: 1.375rem; }
.figure { display: inline-block; min-width: 4.2em; }
.figure.wide { min-width: 8.5em; }
.ci { display: block; font-size: .75rem; color: var(--soft); }
th button { all: unset; cursor: pointer; }
th button::after { content: '↕'; opacity: .35; padding-left: .25em; }
[aria-sort=ascending] button::after { content: '↑'; opacity: 1; }
[aria-sort=descending] button::after { content: '↓'; opacity: 1; }
th button:focus-visible { outline: 2px solid var(--blue); }
.bar { width: 7rem; height: .55rem; margin-right: .9rem; }
.interval { width: 8rem; height: .96rem; margin-right: 1.1rem; vertical-align: -.15em; overflow: visible; }
@media (max-width: 40rem) { .bar { display: none; } .interval { width: 5rem; } }
.swatch { width: .875rem; height: .75rem; margin-right: .5rem; vertical-align: -.02em; }
.swatch.long { width: 1.375rem; }
figure { margin: 1.6rem 0; min-width: 0; }
figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .3rem; }
.legend { list-style: none; margin: 0 0 .4rem; padding: 0; display: flex; flex-wrap: wrap; gap: .15rem 1.2rem; font-size: .8125rem; color: var(--soft); }
.chart text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.chart svg { display: block; width: 100%; height: auto; font-variant-numeric: tabular-nums; overflow: visible; }
.chart .narrow { display: none; }
@media (max-width: 40rem) { .chart .wide { display: none; } .chart .narrow { display: block; } }
@media print { .chart .wide { display: block; } .chart .narrow { display: none; } }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; padding: .2rem 0; width: fit-content; }
summary:hover { color: var(--ink); }
.badge { display: inline-block; font-size: .765rem; font-weight: 600; padding: .08rem .55rem; border-radius: 99px; background: var(--raised); color: var(--ink); border: 1px solid var(--line); white-space: nowrap; }
.badge.bad { background: var(--stop); border-color: transparent; }
.badge.good { background: var(--hit); border-color: transparent; }
#question-filter { font-size: .875rem; margin: 1rem 0; color: var(--soft); }
select { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .5rem; max-width: 100%; }
.question { padding: 1.25rem 0 1.1rem; border-top: 1px solid var(--line); break-inside: avoid; }
.question h3 { margin: 0 0 .35rem; font-size: 1.05rem; }
.meta { display: flex; flex-wrap: wrap; gap: .3rem .9rem; align-items: baseline; font-size: .8125rem; color: var(--soft); margin: 0; max-width: none; }
.sides { display: grid; gap: 0 2.5rem; font-size: .925rem; }
@media (min-width: 48rem) { .sides { grid-template-columns: 1fr 1fr; } }
.sides > div { min-width: 0; }
blockquote { margin: .35rem 0; padding: .1rem 0 .1rem .8rem; border-left: 3px solid var(--line); white-space: pre-wrap; }
.sides ul, .sides ol { margin: .35rem 0; padding-left: 1.3rem; }
.none { color: var(--soft); }
.source { font-size: .8125rem; color: var(--soft); }
.hit { background: var(--hit); border-radius: 4px; padding: 0 .3rem; }
.passage { margin: .7rem 0; font-size: .875rem; }
.passage p { margin: .15rem 0 0; white-space: pre-wrap; max-width: none; }
.facts { margin: .8rem 0; font-size: .9rem; }
.facts > div { display: grid; grid-template-columns: minmax(7rem, 13rem) minmax(0, 1fr); gap: 0 1.25rem; padding: .32rem 0; border-bottom: 1px solid var(--line); }
.facts > div:last-child { border-bottom: 0; }
.prose { min-width: 15rem; }
@media (max-width: 40rem) { .facts > div { grid-template-columns: minmax(6rem, 8.5rem) minmax(0, 1fr); } }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
code { font: .9em ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace; }
code.whole { white-space: nowrap; }
footer { padding: 2rem 0 3rem; color: var(--soft); font-size: .8125rem; }
[hidden] { display: none; }
@media print {
  html { font-size: 11px; }
  nav, .skip, #question-filter, th button::after { display: none; }
  .page { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: .72rem; }
  th, td { padding: .3rem .28rem; }
  figure, tr { break-inside: avoid; }
  section { border: 0; }
  .tiles div, .doubts { border: 1px solid var(--line); }
}
`;
