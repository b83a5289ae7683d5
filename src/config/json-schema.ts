import { z } from 'zod';
import { SECTIONS, settingsSchema } from './settings.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (draft 2020-12) of the configuration file, for editors: what may be written, with defaults and docs. */
export function settingsJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ jsonSchema }) => describeSecret(jsonSchema),
  });
  const sections = childrenOf(schema)!;
  addDefaults(sections, settingsSchema.parse({}));
  for (const [name, description] of Object.entries(SECTIONS)) sections[name]!.description = description;
  schema.title = 'Configuration of groundspeed';
  schema.properties = {
    $schema: { description: 'Where this schema stands, for editors.', type: 'string' },
    ...schema.properties,
  };
  return schema;
}

/** The schemas below a section; undefined where `schema` is a setting of its own. A table of free names is a setting. */
export function childrenOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> | undefined {
  return schema.properties as Record<string, JsonSchema> | undefined;
}

/** Our schemas say `secret`; JSON Schema's word for a value that goes in and never comes out is `writeOnly`. */
function describeSecret(schema: JsonSchema): void {
  if (schema.secret !== true) return;
  delete schema.secret;
  schema.writeOnly = true;
}

/** Sets every setting's default: zod leaves it out where what is written differs from what is read (a list as text). */
function addDefaults(
  schemas: Readonly<Record<string, JsonSchema>>,
  defaults: Readonly<Record<string, unknown>>,
): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const children = childrenOf(schema);
    const value = defaults[name];
    if (children !== undefined) {
      delete schema.default;
      addDefaults(children, value as Record<string, unknown>);
    } else if (value !== undefined) {
      schema.default = value;
    }
  }
}
