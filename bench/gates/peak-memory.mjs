// Loaded before a program (node --import): when it ends, the most that was ever resident stands in the file PEAK_MEMORY_FILE, in bytes.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024));
});
