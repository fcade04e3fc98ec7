import { configJsonSchema, formsOf, type SchemaPart } from './issues.js';

/** Every key of a configuration: its path, what it may be, its default and its meaning. One line each. */
export function configReference(): string {
  const rows: [path: string, type: string, meaning: string][] = [];
  const visit = (part: SchemaPart, path: string, form: string) => {
    const required = new Set(part.required);
    for (const [name, child] of Object.entries(part.properties ?? {})) {
      const full = path ? `${path}.${name}` : name;
      const forms = formsOf(child);
      if (forms.some(({ properties }) => properties)) {
        forms.forEach((each) => visit(each, full, forms.length > 1 ? formName(each) : form));
        continue;
      }
      const notes = [
        child.description,
        child.default !== undefined && !isGroup(child) ? `default ${shown(child.default)}` : '',
        required.has(name) ? 'required' : '',
        form && name !== form ? `with ${form}` : '',
      ];
      rows.push([full, typeOf(child), notes.filter(Boolean).join('; ')]);
    }
  };
  visit(configJsonSchema(), '', '');
  const unique = [...new Map(rows.map((row) => [row.join(), row])).values()];
  const widths = [0, 1].map((column) => Math.max(...unique.map((row) => Math.min(row[column]!.length, 34))));
  return unique
    .map(([path, type, meaning]) =>
      `  ${path.padEnd(widths[0]!)}  ${type.padEnd(widths[1]!)}  ${meaning}`.trimEnd(),
    )
    .join('\n');
}

function isGroup(part: SchemaPart): boolean {
  return typeof part.default === 'object' && !Array.isArray(part.default);
}

/** What tells a form from the others: the value of its type, or the key that it must have. */
function formName(form: SchemaPart): string {
  const type = form.properties?.['type']?.const;
  return type === undefined ? (form.required?.[0] ?? '') : shown(type);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function typeOf(part: SchemaPart): string {
  if (part.const !== undefined) return shown(part.const);
  if (part.enum) return part.enum.map(shown).join(' | ');
  if (part.anyOf) return part.anyOf.map(typeOf).join(' | ');
  if (part.type === 'array') return `list of ${typeOf(part.items ?? {})}`;
  if (part.type === 'string') return 'text';
  if (part.type === 'boolean') return 'true | false';
  const above =
    part.minimum !== undefined
      ? ` ≥ ${part.minimum}`
      : part.exclusiveMinimum !== undefined
        ? ` > ${part.exclusiveMinimum}`
        : '';
  const below = part.exclusiveMaximum !== undefined ? `, < ${part.exclusiveMaximum}` : '';
  return `${part.type === 'integer' ? 'whole number' : 'number'}${above}${below}`;
}
