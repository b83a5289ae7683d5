/** A group separator is a comma, an apostrophe, or a space of some width; one and the same throughout. */
const POINT_DECIMAL = /^[1-9]\d{0,2}([,'’\s])\d{3}(?:\1\d{3})*(?:\.\d+)?$/;
const COMMA_DECIMAL = /^[1-9]\d{0,2}([.'’\s])\d{3}(?:\1\d{3})*,\d+$/;
const POINT_GROUPS = /^[1-9]\d{0,2}(?:\.\d{3}){2,}$/;
const PLAIN = /^\d*(?:[.,]\d+)?$/;

/**
 * The value of what is written as digits with separators, as a canonical decimal: `1,000.50` is `1000.5`, and so are
 * `1.000,50` and `1 000,50`. Where one separator can be read in two ways, the English reading wins: `1,000` is a
 * thousand and `1.000` is one. Undefined for what is not one number: `1,2,3`, `1.2.3`.
 */
export function numberValue(written: string): string | undefined {
  if (POINT_DECIMAL.test(written)) return canonical(written.replaceAll(/[^\d.]/g, ''));
  if (COMMA_DECIMAL.test(written)) return canonical(written.replaceAll(/[^\d,]/g, '').replace(',', '.'));
  if (POINT_GROUPS.test(written)) return canonical(written.replaceAll('.', ''));
  if (PLAIN.test(written)) return canonical(written.replace(',', '.'));
  return undefined;
}

/** Without leading zeros, nor zeros at the end of the fraction. As text, so that no digit is lost to rounding. */
function canonical(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  const rest = fraction.replace(/0+$/, '');
  return rest === '' ? integer : `${integer}.${rest}`;
}
