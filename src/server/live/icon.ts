/** The page's icon: a rising line, in a colour that shows on light and dark alike. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b6cb0"/><path d="M3 11.5 6.2 8l2.6 2L13 4.5" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
