import { writeFileSync } from 'node:fs';
import { exampleFiles } from '../config/example-toml';

// Writes the example files anew. To be run after every change of the settings' schema; a test compares them.
for (const [name, text] of Object.entries(exampleFiles())) {
  writeFileSync(new URL(`../config/${name}`, import.meta.url), text);
  console.log(`config/${name}`);
}
