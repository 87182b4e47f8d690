import ts from 'typescript';

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * A declaration as users read it, under the name that it is exported by. Left out is what is nobody else's matter:
 * private members, the names that a parameter is taken apart into, and the words `export` and `declare`.
 *
 * @throws Error when a declaration is of a kind that no package of ours exports so far.
 */
export function printDeclaration(declaration: ts.Declaration, name: string): string {
  const { transformed } = ts.transform(statement(declaration), [tidied(declaration, name)]);
  return printer.printNode(ts.EmitHint.Unspecified, transformed[0]!, declaration.getSourceFile());
}

/** The statement to print: a variable has to be taken out of the list that it is declared in. */
function statement(declaration: ts.Declaration): ts.Statement {
  if (ts.isVariableDeclaration(declaration)) {
    const { flags } = declaration.parent;
    return ts.factory.createVariableStatement(
      undefined,
      ts.factory.createVariableDeclarationList([declaration], flags),
    );
  }
  if (
    ts.isFunctionDeclaration(declaration) ||
    ts.isClassDeclaration(declaration) ||
    ts.isInterfaceDeclaration(declaration) ||
    ts.isTypeAliasDeclaration(declaration) ||
    ts.isEnumDeclaration(declaration)
  ) {
    return declaration;
  }
  throw new Error(
    `signatures: expected a function, class, interface, type, enum or constant, found ${ts.SyntaxKind[declaration.kind]} in ${declaration.getSourceFile().fileName}; export another kind of declaration, or teach tools/api/print-declaration.ts this one.`,
  );
}

function tidied(declaration: ts.Declaration, name: string): ts.TransformerFactory<ts.Statement> {
  const ownName = ts.getNameOfDeclaration(declaration);
  return (context) => {
    const visit = (node: ts.Node): ts.Node | undefined => {
      if (node === ownName) return ts.factory.createIdentifier(name);
      if (isPrivate(node)) return undefined;
      if (isModifierOf(node, declaration)) return undefined;
      if (ts.isParameter(node) && !ts.isIdentifier(node.name)) return named(node, visitEach(node));
      return visitEach(node);
    };
    const visitEach = <T extends ts.Node>(node: T): T => {
      const visited = ts.visitEachChild(node, visit, context);
      // A tuple is short; the printer would give each of its types a line.
      return ts.isTupleTypeNode(visited)
        ? ts.setEmitFlags(visited, ts.EmitFlags.SingleLine)
        : visited;
    };
    return (root) => visitEach(root);
  };
}

function isModifierOf(node: ts.Node, declaration: ts.Declaration): boolean {
  return (
    node.parent === declaration &&
    (node.kind === ts.SyntaxKind.ExportKeyword || node.kind === ts.SyntaxKind.DeclareKeyword)
  );
}

/** A private constructor stays, as it says that nobody else may call it. */
function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node) || ts.isConstructorDeclaration(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
}

function named(
  original: ts.ParameterDeclaration,
  visited: ts.ParameterDeclaration,
): ts.ParameterDeclaration {
  const takenApart = original.parent.parameters.filter(({ name }) => !ts.isIdentifier(name));
  const position = takenApart.indexOf(original);
  return ts.factory.updateParameterDeclaration(
    visited,
    visited.modifiers,
    visited.dotDotDotToken,
    position === 0 ? 'options' : `options${position + 1}`,
    visited.questionToken,
    visited.type,
    visited.initializer,
  );
}
