/** Without the dust of binary fractions: 14.4 × (1 − 0.99) is 0.144, and 0.07 × 100 is 7. */
export const tidy = (value: number, digits = 9): number => Number(value.toPrecision(digits));

/** A share as people read it: 0.07 is "7 %". */
export const percent = (share: number): string => `${tidy(share * 100, 6)} %`;
