/** Windows of the rules in seconds, by the name they have in recorded series. */
export const WINDOWS = {
  '5m': 300,
  '15m': 900,
  '30m': 1800,
  '1h': 3600,
  '6h': 21_600,
  '3d': 259_200,
} as const;
export type Window = keyof typeof WINDOWS;

/** Those over which burn rates are taken. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const satisfies readonly Window[];
