import ts from 'typescript';

/** A name of another package that a signature uses. */
export interface ForeignName {
  readonly module: string;
  /** As an import writes it: `Tensor`, `Tensor as Input` or `* as tf`. */
  readonly specifier: string;
}

/** Where a name leads to: a symbol of the package's own sources, a name of another package, or a global. */
export type Origin =
  | {
      readonly kind: 'own';
      readonly symbol: ts.Symbol;
      /** A class, function or constant of which an `export type` or `import type` on the way left only the type. */
      readonly onlyType: boolean;
    }
  | { readonly kind: 'foreign'; readonly foreign: ForeignName }
  | { readonly kind: 'global' };

/** Follows imports and exports from a symbol to its declaration, as far as the package's own sources go. */
export function originOf(symbol: ts.Symbol, checker: ts.TypeChecker): Origin {
  let at = symbol;
  let onlyType = false;
  while (at.flags & ts.SymbolFlags.Alias) {
    onlyType ||= at.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration) ?? false;
    const next = checker.getImmediateAliasedSymbol(at);
    if (next?.declarations === undefined) return foreignOrigin(at);
    at = next;
  }
  if (at.declarations === undefined) return { kind: 'global' };
  return { kind: 'own', symbol: at, onlyType: onlyType && (at.flags & ts.SymbolFlags.Value) !== 0 };
}

function foreignOrigin(symbol: ts.Symbol): Origin {
  const node = symbol.declarations![0]!;
  const from = ts.findAncestor(
    node,
    (each) => ts.isImportDeclaration(each) || ts.isExportDeclaration(each),
  )?.moduleSpecifier;
  if (from === undefined || !ts.isStringLiteral(from) || from.text.startsWith('.')) {
    throw new Error(
      `signatures: expected "${symbol.name}" of ${node.getSourceFile().fileName} to lead to a package or to a .ts file beside it, found ${from?.getText() ?? node.getText()}; import it from where it is declared.`,
    );
  }
  return { kind: 'foreign', foreign: { module: from.text, specifier: specifier(node) } };
}

function specifier(node: ts.Declaration): string {
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) {
    const { name, propertyName = name } = node;
    return name.text === propertyName.text ? name.text : `${propertyName.text} as ${name.text}`;
  }
  if (ts.isNamespaceImport(node)) return `* as ${node.name.text}`;
  if (ts.isImportClause(node)) return `default as ${node.name!.text}`;
  throw new Error(
    `signatures: expected an import of names, found ${node.getText()} in ${node.getSourceFile().fileName}; import the names that are needed.`,
  );
}

/** The origins of all names that a declaration uses as types, in `typeof` or as what it extends. */
export function referencesOf(declaration: ts.Declaration, checker: ts.TypeChecker): Origin[] {
  const origins: Origin[] = [];
  const visit = (node: ts.Node): void => {
    const name = referred(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol !== undefined && !(symbol.flags & local)) origins.push(originOf(symbol, checker));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return origins;
}

/** What a declaration declares within itself. */
const local = ts.SymbolFlags.TypeParameter | ts.SymbolFlags.FunctionScopedVariable;

/** The first name of `a.b.c`, where a node refers to a declaration by such a name. */
function referred(node: ts.Node): ts.Node | undefined {
  let name: ts.Node | undefined;
  if (ts.isTypeReferenceNode(node)) name = node.typeName;
  else if (ts.isTypeQueryNode(node)) name = node.exprName;
  else if (ts.isExpressionWithTypeArguments(node)) name = node.expression;
  while (name !== undefined && !ts.isIdentifier(name)) {
    if (ts.isQualifiedName(name)) name = name.left;
    else if (ts.isPropertyAccessExpression(name)) name = name.expression;
    else return undefined;
  }
  return name;
}
