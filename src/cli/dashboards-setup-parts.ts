/** What of a setup may be left out of a check, besides what panels need. */
export const SETUP_PARTS = ['rules', 'alertmanager'] as const;
export type SetupPart = (typeof SETUP_PARTS)[number];
