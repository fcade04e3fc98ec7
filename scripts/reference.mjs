// Writes the reference of exported classes and functions from their docstrings; outline/ says in what order.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { cell, code, prose, splitDefault } from './docstrings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A program over the sources, and every symbol that `heddle/node` exports with the file of its declaration. */
export function readExports() {
  const entry = `${root}src/node.ts`;
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)));
  const symbols = exported.map((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target.declarations[0];
    const file = relative(root, declaration.getSourceFile().fileName).replaceAll('\\', '/');
    return { name: symbol.name, symbol: target, declaration, file, position: declaration.pos };
  });
  return { checker, symbols };
}

/** A choice between more words than this goes by its name. */
const MOST_WORDS = 6;

export class Reference {
  /** Where each entry stands: 'layers.md#linear'. */
  places = new Map();
  /** Option types that have their table already, by name: the entry under which it stands. */
  shown = new Map();

  constructor(checker) {
    this.checker = checker;
  }

  doc(symbol) {
    return prose(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
  }

  /** What `@param` tags say, by parameter. */
  parameterDocs(symbol) {
    return symbol
      .getJsDocTags(this.checker)
      .filter(({ name }) => name === 'param')
      .map(({ text }) => {
        const [name, ...words] = ts.displayPartsToString(text).split(/\s+/);
        return words.length > 0 ? `- \`${name}\`: ${prose(words.join(' '))}` : '';
      })
      .filter(Boolean)
      .join('\n');
  }

  /** Words that a type consists of ('rnn', 'lstm', 'gru'), as its declaration lists them. */
  words(type, node) {
    const parts = (type.isUnion() ? type.types : [type]).filter(
      (part) => !(part.flags & ts.TypeFlags.Undefined),
    );
    if (parts.length < 2 || parts.length > MOST_WORDS || !parts.every((part) => part.isStringLiteral()))
      return undefined;
    const values = parts.map(({ value }) => value);
    const text = this.sourceOf(node);
    // The checker's own order depends on what else it has seen.
    const place = (value) => text.indexOf(`'${value}'`);
    return values.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1)).map((value) => `'${value}'`);
  }

  /** The text in which the words of a type stand: its own, that of its alias, or that of the list behind it. */
  sourceOf(node) {
    if (!node) return '';
    if (ts.isTypeReferenceNode(node)) return this.sourceOf(this.aliased(node.typeName)?.declarations[0].type);
    if (!ts.isIndexedAccessTypeNode(node)) return node.getText();
    const query = node.objectType;
    const list = ts.isParenthesizedTypeNode(query) ? query.type : query;
    return this.aliased(list.exprName)?.valueDeclaration.getText() ?? '';
  }

  /** The symbol behind a name, past its import. */
  aliased(name) {
    const symbol = name && this.checker.getSymbolAtLocation(name);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  typeText(node, type) {
    const words = this.words(type, node);
    if (words) return words.join(' | ');
    const text = node
      ? node.getText()
      : this.checker
          .typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
          .replaceAll(' | undefined', '');
    return (
      text
        .replace(/\/\*\*.*?\*\//gs, '')
        .replace(/\s+/g, ' ')
        .replace(/\breadonly /g, '')
        .replace(/; \}/g, ' }')
        .replace(/^\| /, '')
        .replaceAll('( | {', '({')
        // What was broken into lines.
        .replaceAll('( ', '(')
        .replaceAll(', )', ')')
    );
  }

  /** The properties of a type, those that every module has left out; required ones first. */
  properties(type) {
    const own = this.checker
      .getPropertiesOfType(type)
      .filter(({ declarations }) => !declarations?.some(({ parent }) => parent.name?.text === 'Module'));
    const optional = (property) => Number((property.flags & ts.SymbolFlags.Optional) !== 0);
    return own.sort((a, b) => optional(a) - optional(b));
  }

  /** The properties of an options type, or of a record, as a table; nothing where none is documented. */
  table(type, kind = 'options') {
    const rows = this.properties(type).map((property) => {
      const declaration = property.valueDeclaration ?? property.declarations?.[0];
      const node = declaration?.type;
      const own = this.checker.getTypeOfSymbol(property);
      const method = declaration && ts.isMethodSignature(declaration);
      const shown = method ? this.signature(declaration, '') : this.typeText(node, own);
      const alias = node && ts.isTypeReferenceNode(node) && this.aliased(node.typeName);
      const explained = alias && this.words(own, node) ? this.doc(alias) : '';
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const { meaning, value = optional ? '' : 'required' } =
        kind === 'options' ? splitDefault(this.doc(property)) : { meaning: this.doc(property) };
      return {
        name: code(`${property.name}${optional && kind !== 'options' ? '?' : ''}`),
        type: shown.includes('=>') && shown.length > 60 ? 'a function' : code(shown),
        meaning: [meaning, explained].filter(Boolean).join(' '),
        value,
      };
    });
    if (rows.every(({ meaning, value }) => !meaning && ['', 'required'].includes(value))) return '';
    const columns = kind === 'options' ? ['name', 'type', 'meaning', 'value'] : ['name', 'type', 'meaning'];
    const titles = { name: kind === 'options' ? 'option' : 'field', value: 'default' };
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [
      line(columns.map((column) => titles[column] ?? column)),
      line(columns.map(() => '---')),
      ...rows.map((row) => line(columns.map((column) => cell(row[column])))),
    ].join('\n');
  }

  /** The parameters of a function as a reader sees them. */
  signature(declaration, name) {
    const parameters = declaration.parameters.map((parameter) => {
      const own = this.parameterName(parameter);
      const optional = parameter.questionToken || parameter.initializer ? '?' : '';
      const type = this.checker.getTypeAtLocation(parameter);
      if (this.isLong(parameter)) return `${own}${optional}`;
      return `${parameter.dotDotDotToken ? '...' : ''}${own}${optional}: ${this.typeText(parameter.type, type)}`;
    });
    const result = declaration.type
      ? this.typeText(declaration.type, this.checker.getTypeAtLocation(declaration.type))
      : '';
    return `${name}(${parameters.join(', ')})${result && result !== 'void' ? `: ${result}` : ''}`;
  }

  /** What is taken apart at once has no name of its own: options, or what its type is called. */
  parameterName({ name, type }) {
    if (ts.isIdentifier(name)) return name.text;
    const called = type && ts.isTypeReferenceNode(type) ? type.typeName.getText() : 'Options';
    return /Options$|^Omit$/.test(called) ? 'options' : called[0].toLowerCase() + called.slice(1);
  }

  /** Whether a parameter is an object written out with its docs: it gets a table, and no type in the signature. */
  isLong(parameter) {
    return parameter.type && ts.isTypeLiteralNode(parameter.type) && parameter.type.getText().includes('/**');
  }

  /** Tables of the options that a function takes, each once in all documents. */
  optionTables(declaration, entry) {
    return declaration.parameters
      .map((parameter) => {
        const { type } = parameter;
        if (!type) return '';
        const resolved = this.checker.getTypeAtLocation(type);
        // The cases of a union are an entry of their own.
        if (resolved.isUnion()) return '';
        if (this.isLong(parameter)) return this.table(resolved);
        const name = /\b(\w+Options)\b/.exec(type.getText())?.[1];
        if (!name) return '';
        if (this.shown.has(name)) {
          const owner = this.shown.get(name);
          return owner === entry
            ? ''
            : `Options: those of \`${owner}\`${type.getText().startsWith('Omit') ? ', but for some' : ''}.`;
        }
        const table = this.table(resolved);
        if (table) this.shown.set(name, entry);
        return table;
      })
      .filter(Boolean)
      .join('\n\n');
  }

  /** The text of one entry, below its heading. */
  entry({ name, symbol, declaration }) {
    const parts = [];
    if (ts.isClassDeclaration(declaration)) parts.push(...this.classParts(name, symbol, declaration));
    else if (ts.isFunctionDeclaration(declaration))
      parts.push(
        code(this.signature(declaration, name)),
        this.doc(symbol),
        this.parameterDocs(symbol),
        this.optionTables(declaration, name),
      );
    else if (ts.isInterfaceDeclaration(declaration))
      parts.push(this.doc(symbol), this.record(declaration, this.checker.getDeclaredTypeOfSymbol(symbol)));
    else if (ts.isTypeAliasDeclaration(declaration)) {
      const members = ts.isUnionTypeNode(declaration.type) ? declaration.type.types : [];
      const source = declaration.getSourceFile().text;
      const bullets = members.map((member, i) => {
        // The comment of a member stands before its bar.
        const from = members[i - 1]?.end ?? declaration.type.pos;
        const text = /\/\*\*(.*?)\*\//s.exec(source.slice(from, member.getStart()))?.[1].trim();
        const own = code(this.typeText(member, this.checker.getTypeAtLocation(member)));
        return `- ${own}${text ? `: ${prose(text)}` : ''}`;
      });
      const whole = code(this.typeText(declaration.type, this.checker.getTypeAtLocation(declaration)));
      parts.push(this.doc(symbol), bullets.length > 0 ? bullets.join('\n') : whole);
    } else {
      const type = declaration.type?.getText();
      parts.push(type ? code(`${name}: ${type}`) : '', this.doc(symbol));
    }
    return parts.filter(Boolean).join('\n\n');
  }

  /** A record's fields: a table, or its text where nothing is said of any. */
  record(declaration, type) {
    const table = this.table(type, 'record');
    if (table) return table;
    const fields = this.properties(type).map((property) => {
      const { type: node, questionToken } = property.valueDeclaration;
      return ts.isMethodSignature(property.valueDeclaration)
        ? this.signature(property.valueDeclaration, property.name)
        : `${property.name}${questionToken ? '?' : ''}: ${this.typeText(node, this.checker.getTypeOfSymbol(property))}`;
    });
    return code(`{ ${fields.join('; ')} }`);
  }

  classParts(name, symbol, declaration) {
    const constructor = declaration.members.find(ts.isConstructorDeclaration) ?? this.inherited(declaration);
    const isAbstract = declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword);
    const hidden = (node) =>
      node.modifiers?.some(({ kind }) =>
        [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind),
      );
    const canBeMade = !isAbstract && !(constructor && hidden(constructor));
    const made = constructor ? this.signature(constructor, `new ${name}`) : `new ${name}()`;
    const parts = [canBeMade ? code(made) : '', this.doc(symbol)];
    if (constructor && canBeMade) parts.push(this.optionTables(constructor, name));
    const bullets = [];
    const tables = [];
    for (const member of declaration.members) {
      if (hidden(member) || !member.name || ts.isConstructorDeclaration(member)) continue;
      const own = this.checker.getSymbolAtLocation(member.name);
      // What is said of the ancestor's is not said again.
      const text = ts.getJSDocCommentsAndTags(member).length > 0 ? this.doc(own) : '';
      const isStatic = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
      if (ts.isMethodDeclaration(member)) {
        const table = this.optionTables(member, name);
        if (!text && !isStatic) continue;
        const called = this.signature(member, `${isStatic ? `${name}.` : ''}${member.name.getText()}`);
        const parameters = this.parameterDocs(own).replaceAll(/^- /gm, '').replaceAll('\n', ' ');
        const said = [text, parameters].filter(Boolean).join(' ').replaceAll('\n\n', ' ');
        bullets.push(`- ${code(called)}${said ? `: ${said}` : ''}`);
        if (table && !table.startsWith('Options:'))
          tables.push(`Options of \`${member.name.getText()}\`:\n\n${table}`);
      } else if (text && (ts.isPropertyDeclaration(member) || ts.isGetAccessorDeclaration(member)))
        bullets.push(
          `- ${code(`${isStatic ? `${name}.` : ''}${member.name.getText()}`)}: ${text.replaceAll('\n\n', ' ')}`,
        );
    }
    for (const parameter of constructor && canBeMade ? constructor.parameters : []) {
      const property = this.checker.getSymbolAtLocation(parameter.name);
      const text = property && !hidden(parameter) && parameter.modifiers ? this.doc(property) : '';
      if (text) bullets.push(`- ${code(parameter.name.getText())}: ${text}`);
    }
    return [...parts, bullets.join('\n'), ...tables];
  }

  /** The constructor of the nearest ancestor that has one. */
  inherited(declaration) {
    const clause = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
    const base = this.aliased(clause?.types[0].expression)?.declarations?.find(ts.isClassDeclaration);
    return base && (base.members.find(ts.isConstructorDeclaration) ?? this.inherited(base));
  }

  /** Whether an export is an entry of its own: not the words or the options of others. */
  isEntry({ name, declaration, symbol }) {
    if (/Options$/.test(name) && ts.isInterfaceDeclaration(declaration)) return false;
    if (ts.isTypeAliasDeclaration(declaration))
      return !this.words(this.checker.getDeclaredTypeOfSymbol(symbol));
    // Lists of words have no text of their own.
    if (ts.isVariableDeclaration(declaration))
      return this.doc(symbol) !== '' || declaration.type !== undefined;
    return true;
  }

  /** Classes and what is called first, functions next, records last. */
  rank({ declaration }) {
    if (ts.isClassDeclaration(declaration)) return 0;
    if (ts.isInterfaceDeclaration(declaration)) return declaration.members.some(ts.isMethodSignature) ? 0 : 2;
    if (ts.isTypeAliasDeclaration(declaration)) return ts.isFunctionTypeNode(declaration.type) ? 0 : 2;
    return 1;
  }
}
