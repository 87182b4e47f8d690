import ts from 'typescript';
import fs from 'node:fs';
import path from 'node:path';
// usage: node zz-ren.mjs rename from to [--src|--test|--all] pkgs... | spread pkgs...
const [mode, ...rest] = process.argv.slice(2);
const walk = (d) => fs.readdirSync(d, { withFileTypes: true }).flatMap((e) => ['node_modules','dist','dist-ts','.doctest','programs'].includes(e.name) ? [] : e.isDirectory() ? walk(path.join(d, e.name)) : /\.ts$/.test(e.name) && !/\.d\.ts$/.test(e.name) ? [path.join(d, e.name)] : []);
const apply = (file, edits) => { let s = fs.readFileSync(file, 'utf8'); edits.sort((a, b) => b.start - a.start); for (const e of edits) s = s.slice(0, e.start) + e.text + s.slice(e.end); fs.writeFileSync(file, s); };
if (mode === 'spread') {
  let n = 0;
  for (const f of rest.flatMap((p) => walk(p))) {
    if (f.includes('/assembly/')) continue;
    for (let again = true; again; ) {
      again = false;
      const src = fs.readFileSync(f, 'utf8');
      const sf = ts.createSourceFile(f, src, ts.ScriptTarget.Latest, true);
      const edits = [];
      const visit = (node) => {
        if (ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression) && node.expression.properties.length) {
          const o = node.expression; const p = o.properties;
          edits.push({ start: node.getStart(), end: node.end, text: src.slice(p[0].getFullStart(), p[p.length - 1].end).trim() }); n++; again = true; return;
        }
        if (ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.expression) && node.expression.elements.length) {
          const p = node.expression.elements;
          edits.push({ start: node.getStart(), end: node.end, text: src.slice(p[0].getFullStart(), p[p.length - 1].end).trim() }); n++; again = true; return;
        }
        ts.forEachChild(node, visit);
      };
      visit(sf);
      if (edits.length) apply(f, edits);
    }
  }
  console.log('spreads', n);
} else {
  const [from, to, ...dirs] = rest;
  const files = dirs.flatMap((p) => (p.endsWith('.ts') ? [p] : walk(p))).map((f) => path.resolve(f)).filter((f) => !f.includes('/assembly/'));
  let done = 0; const skipped = [];
  for (const f of files) {
    const src = fs.readFileSync(f, 'utf8');
    if (!new RegExp(`\\b${from}\\b`).test(src)) continue;
    const host = { getCompilationSettings: () => ({ noResolve: true, noLib: true, target: ts.ScriptTarget.Latest, allowJs: false }), getScriptFileNames: () => [f], getScriptVersion: () => '1', getScriptSnapshot: (n) => n === f ? ts.ScriptSnapshot.fromString(src) : undefined, getCurrentDirectory: () => '/', getDefaultLibFileName: () => 'lib.d.ts', fileExists: (n) => n === f, readFile: () => undefined };
    const ls = ts.createLanguageService(host);
    const sf = ls.getProgram().getSourceFile(f);
    // declarations of local variables and parameters called `from`
    const decls = []; const names = [];
    const visit = (node) => {
      if (ts.isIdentifier(node)) {
        if (node.text === from && (ts.isVariableDeclaration(node.parent) || ts.isParameter(node.parent) || ts.isBindingElement(node.parent) || ts.isFunctionDeclaration(node.parent)) && node.parent.name === node) decls.push(node);
        if (node.text === to) names.push(node);
      }
      ts.forEachChild(node, visit);
    };
    visit(sf);
    const edits = new Map();
    for (const d of decls) {
      let scope = d.parent; 
      while (scope && !ts.isSourceFile(scope) && !ts.isFunctionLike(scope) && !ts.isBlock(scope)) scope = scope.parent;
      // the enclosing function or top-level statement must not know the new name
      let top = scope; while (top.parent && !ts.isSourceFile(top.parent)) top = top.parent;
      const clash = names.some((n) => n.getStart() >= scope.getStart() && n.end <= scope.end && !(ts.isPropertyAccessExpression(n.parent) && n.parent.name === n) && !(ts.isPropertyAssignment(n.parent) && n.parent.name === n));
      if (clash) { skipped.push(`${path.relative('.', f)}:${sf.getLineAndCharacterOfPosition(d.getStart()).line + 1}`); continue; }
      const locs = ls.findRenameLocations(f, d.getStart(), false, false, { providePrefixAndSuffixTextForRename: true }) ?? [];
      for (const l of locs) edits.set(l.textSpan.start, { start: l.textSpan.start, end: l.textSpan.start + l.textSpan.length, text: (l.prefixText ?? '') + to + (l.suffixText ?? '') });
    }
    if (edits.size) { apply(f, [...edits.values()]); done++; }
  }
  console.log(`${from} -> ${to}: ${done} files`); if (skipped.length) console.log('clash: ' + skipped.join(' '));
}
