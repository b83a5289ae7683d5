const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Seconds as Prometheus writes durations, to the millisecond: 300 is 5m, 216 is 3m36s, 0.6 is 600ms. */
export function promDuration(seconds: number): string {
  let rest = Math.max(1, Math.round(seconds * 1000));
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** Seconds in words, with one unit: 300 is "5 minutes". */
export function inWords(seconds: number): string {
  for (const [size, word] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const) {
    if (seconds >= size && seconds % size === 0)
      return `${seconds / size} ${word}${seconds === size ? '' : 's'}`;
  }
  return `${seconds} seconds`;
}
