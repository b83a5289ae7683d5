/** A whole split over so many, as evenly as whole numbers allow; the parts add up to the whole. */
export function shares(whole: number, parts: number): number[] {
  const least = Math.floor(whole / parts);
  const more = whole - least * parts;
  return Array.from({ length: parts }, (_, index) => least + (index < more ? 1 : 0));
}
