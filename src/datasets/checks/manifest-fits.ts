import type { DatasetCheck } from './check.ts';

export const manifestFits: DatasetCheck = {
  name: 'manifest-fits',
  severity: 'error',
  about: 'Files and counts are those of the manifest',
  needs: ['manifest'],
  run: ({ manifest = [] }) =>
    manifest.map(({ message, where }) => ({
      message: message.replace(/\.$/, ''),
      where,
      hint: 'Restore the file; or, where the change was meant, write the manifest anew and give the set another version.',
    })),
};
