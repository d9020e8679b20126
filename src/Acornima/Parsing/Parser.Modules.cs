using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private HashSet<string>? _exports;
    private List<Identifier>? _localExports;

    private Expression ParseImportExpression()
    {
        var start = Marker.From(_lexer);
        var meta = ParseIdentifierName();
        var phase = ImportPhase.Evaluation;
        if (Eat(TT.Dot))
        {
            if (IsWord(TT.Meta))
            {
                var property = ParseIdentifierName();
                if (!_module)
                {
                    Raise(start.Index, Messages.ImportMetaOutsideModule);
                }

                return Finish(new MetaProperty(meta, property), start);
            }

            phase = ImportPhaseOf();
            if (phase == ImportPhase.Evaluation)
            {
                Unexpected();
            }

            _lexer.Next();
        }

        Expect(TT.ParenL);
        var source = ParseAssignment();
        Expression? options = null;
        if (Eat(TT.Comma) && _lexer.Type != TT.ParenR)
        {
            options = ParseAssignment();
            Eat(TT.Comma);
        }

        if (_lexer.Type != TT.ParenR)
        {
            Unexpected();
        }

        _lexer.Next();
        return Finish(new ImportExpression(source, options, phase), start);
    }

    private ImportPhase ImportPhaseOf()
    {
        var features = Options.ExperimentalESFeatures;
        return IsWord(TT.Source) && (features & ExperimentalESFeatures.SourcePhaseImports) != 0 ? ImportPhase.Source
            : IsWord(TT.Defer) && (features & ExperimentalESFeatures.DeferImportEvaluation) != 0 ? ImportPhase.Defer
            : ImportPhase.Evaluation;
    }

    private ImportDeclaration ParseImport(in Marker start)
    {
        _lexer.Next();
        var specifiers = default(ListBuilder<ImportDeclarationSpecifier>);
        var phase = ImportPhase.Evaluation;
        if (_lexer.Type != TT.String)
        {
            phase = ParsePhase();
            ParseImportClause(ref specifiers, phase);
            ExpectWord(TT.From);
        }

        var source = ParseString();
        var attributes = ParseAttributes();
        ExpectSemicolon();
        return Finish(new ImportDeclaration(specifiers.ToNodeList(), source, in attributes, phase), start);
    }

    /// <summary>Parses `source` or `defer`, unless it is the name that is imported.</summary>
    private ImportPhase ParsePhase()
    {
        var phase = ImportPhaseOf();
        if (phase == ImportPhase.Evaluation)
        {
            return phase;
        }

        var snapshot = _lexer.Save();
        _lexer.Next();
        var isPhase = _lexer.Type == TT.Star ? phase == ImportPhase.Defer : phase == ImportPhase.Source && _lexer.Type.IsIdentifier();
        if (isPhase && IsWord(TT.From))
        {
            // `import source from "…"` imports a name; `import source from from "…"` a source.
            _lexer.Next();
            isPhase = IsWord(TT.From);
        }

        _lexer.Restore(in snapshot);
        if (!isPhase)
        {
            return ImportPhase.Evaluation;
        }

        _lexer.Next();
        return phase;
    }

    private void ParseImportClause(ref ListBuilder<ImportDeclarationSpecifier> specifiers, ImportPhase phase)
    {
        if (_lexer.Type.IsIdentifier())
        {
            var start = Marker.From(_lexer);
            var local = ParseImportBinding();
            specifiers.Add(Finish(new ImportDefaultSpecifier(local), start));
            if (phase == ImportPhase.Source || !Eat(TT.Comma))
            {
                return;
            }
        }

        if (_lexer.Type == TT.Star)
        {
            var start = Marker.From(_lexer);
            _lexer.Next();
            ExpectWord(TT.As);
            var local = ParseImportBinding();
            specifiers.Add(Finish(new ImportNamespaceSpecifier(local), start));
            return;
        }

        Expect(TT.BraceL);
        while (_lexer.Type != TT.BraceR)
        {
            specifiers.Add(ParseImportSpecifier());
            if (_lexer.Type != TT.BraceR)
            {
                Expect(TT.Comma);
            }
        }

        _lexer.Next();
    }

    private ImportSpecifier ParseImportSpecifier()
    {
        var start = Marker.From(_lexer);
        var type = _lexer.Type;
        var snapshot = _lexer.Save();
        var imported = ParseModuleExportName();
        Identifier local;
        if (EatWord(TT.As))
        {
            local = ParseImportBinding();
        }
        else
        {
            if (!type.IsIdentifier() || (type.IsStrictReserved() && _strict) || type is TT.Await or TT.Eval or TT.Arguments)
            {
                if (type is TT.String)
                {
                    Unexpected();
                }

                _lexer.Restore(in snapshot);
                local = ParseImportBinding();
            }
            else
            {
                local = (Identifier)imported;
                DeclareLexical(local);
            }
        }

        return Finish(new ImportSpecifier(imported, local), start);
    }

    private Identifier ParseImportBinding()
    {
        var local = ParseIdentifier();
        CheckStrictBinding(local);
        DeclareLexical(local);
        return local;
    }

    private Expression ParseModuleExportName()
    {
        if (_lexer.Type != TT.String)
        {
            return ParseIdentifierName();
        }

        var literal = ParseString();
        for (var i = 0; i < literal.Value.Length; i++)
        {
            if (!char.IsSurrogate(literal.Value[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(literal.Value, i))
            {
                Raise(literal.Start, Messages.LoneSurrogateExportName);
            }

            i++;
        }

        return literal;
    }

    private NodeList<ImportAttribute> ParseAttributes()
    {
        if (!Eat(TT.With))
        {
            return default;
        }

        Expect(TT.BraceL);
        var attributes = default(ListBuilder<ImportAttribute>);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_lexer.Type != TT.BraceR)
        {
            var start = Marker.From(_lexer);
            Expression key = _lexer.Type == TT.String ? ParseString() : ParseIdentifierName();
            var name = key is StringLiteral literal ? literal.Value : ((Identifier)key).Name;
            if (!keys.Add(name))
            {
                Raise(key.Start, Messages.DuplicateImportAttribute(name));
            }

            Expect(TT.Colon);
            var value = ParseString();
            attributes.Add(Finish(new ImportAttribute(key, value), start));
            if (_lexer.Type != TT.BraceR)
            {
                Expect(TT.Comma);
            }
        }

        _lexer.Next();
        return attributes.ToNodeList();
    }

    private Statement ParseExport(in Marker start) => ParseExport(start, default);

    private Statement ParseExport(in Marker start, in NodeList<Decorator> decorators)
    {
        _lexer.Next();
        if (decorators.Count != 0 && _lexer.Type is not (TT.Class or TT.Default))
        {
            Unexpected();
        }

        switch (_lexer.Type)
        {
            case TT.Star:
                return ParseExportAll(start);
            case TT.Default:
                return ParseExportDefault(start, in decorators);
            case TT.BraceL:
                return ParseExportNames(start);
        }

        var declarationStart = Marker.From(_lexer);
        var statement = _lexer.Type switch
        {
            TT.Var or TT.Const or TT.Function => ParseStatement(StatementPlace.List),
            TT.Let when !_lexer.Escaped => ParseVariableStatement(declarationStart, VariableDeclarationKind.Let),
            TT.Class => ParseClassDeclaration(declarationStart, in decorators),
            TT.At when decorators.Count == 0 => ParseStatement(StatementPlace.List),
            TT.Async when IsAsyncFunction() && !_lexer.Escaped => ParseStatement(StatementPlace.List),
            _ => null,
        };
        if (statement is not Declaration declaration)
        {
            Unexpected();
            return null;
        }

        ExportDeclared(declaration);
        return Finish(new ExportNamedDeclaration(declaration, default, null, default), start);
    }

    private void ExportDeclared(Declaration declaration)
    {
        switch (declaration)
        {
            case FunctionDeclaration { Id: { } id }:
                AddExport(id.Name, id.Start);
                break;
            case ClassDeclaration { Id: { } id }:
                AddExport(id.Name, id.Start);
                break;
            case VariableDeclaration variables:
                foreach (var declarator in variables.Declarations)
                {
                    ExportPattern(declarator.Id);
                }

                break;
        }
    }

    private void ExportPattern(Node pattern)
    {
        switch (pattern)
        {
            case Identifier identifier:
                AddExport(identifier.Name, identifier.Start);
                break;
            case AssignmentPattern assignment:
                ExportPattern(assignment.Left);
                break;
            case AssignmentProperty property:
                ExportPattern(property.Value);
                break;
            default:
                CheckStack();
                foreach (var child in pattern.ChildNodes)
                {
                    ExportPattern(child);
                }

                break;
        }
    }

    private void AddExport(string name, int index)
    {
        if (!(_exports ??= new HashSet<string>(StringComparer.Ordinal)).Add(name))
        {
            Raise(index, Messages.DuplicateExport(name));
        }
    }

    private ExportAllDeclaration ParseExportAll(in Marker start)
    {
        _lexer.Next();
        Expression? exported = null;
        if (EatWord(TT.As))
        {
            exported = ParseModuleExportName();
            AddExport(NameOf(exported), exported.Start);
        }

        ExpectWord(TT.From);
        var source = ParseString();
        var attributes = ParseAttributes();
        ExpectSemicolon();
        return Finish(new ExportAllDeclaration(exported, source, in attributes), start);
    }

    private static string NameOf(Expression name) => name is StringLiteral literal ? literal.Value : ((Identifier)name).Name;

    private ExportDefaultDeclaration ParseExportDefault(in Marker start, in NodeList<Decorator> decorators)
    {
        AddExport("default", _lexer.Start);
        _lexer.Next();
        var declarationStart = Marker.From(_lexer);
        StatementOrExpression declaration;
        if (_lexer.Type == TT.Function)
        {
            declaration = ParseFunctionDeclaration(declarationStart, isAsync: false, FunctionPlace.List, optionalName: true);
        }
        else if (IsWord(TT.Async) && IsAsyncFunction())
        {
            _lexer.Next();
            declaration = ParseFunctionDeclaration(declarationStart, isAsync: true, FunctionPlace.List, optionalName: true);
        }
        else if (_lexer.Type == TT.Class)
        {
            declaration = ParseClassDeclaration(declarationStart, in decorators, optionalName: true);
        }
        else if (decorators.Count != 0)
        {
            Unexpected();
            return null;
        }
        else if (_lexer.Type == TT.At && DecoratorsEnabled)
        {
            var own = ParseDecorators();
            if (_lexer.Type != TT.Class)
            {
                Unexpected();
            }

            declaration = ParseClassDeclaration(declarationStart, in own, optionalName: true);
        }
        else
        {
            declaration = ParseAssignment();
            ExpectSemicolon();
        }

        return Finish(new ExportDefaultDeclaration(declaration), start);
    }

    private ExportNamedDeclaration ParseExportNames(in Marker start)
    {
        _lexer.Next();
        var specifiers = default(ListBuilder<ExportSpecifier>);
        var firstNonLocal = default(LocalNameError);
        while (_lexer.Type != TT.BraceR)
        {
            specifiers.Add(ParseExportSpecifier(ref firstNonLocal));
            if (_lexer.Type != TT.BraceR)
            {
                Expect(TT.Comma);
            }
        }

        _lexer.Next();
        StringLiteral? source = null;
        var attributes = default(NodeList<ImportAttribute>);
        if (EatWord(TT.From))
        {
            source = ParseString();
            attributes = ParseAttributes();
        }
        else
        {
            if (firstNonLocal.Message is not null)
            {
                Raise(firstNonLocal.Index, firstNonLocal.Message);
            }

            for (var i = 0; i < specifiers.Count; i++)
            {
                (_localExports ??= []).Add((Identifier)specifiers[i].Local);
            }
        }

        for (var i = 0; i < specifiers.Count; i++)
        {
            AddExport(NameOf(specifiers[i].Exported), specifiers[i].Exported.Start);
        }

        ExpectSemicolon();
        return Finish(new ExportNamedDeclaration(null, specifiers.ToNodeList(), source, in attributes), start);
    }

    /// <summary>Why a list of export names only works with `from`.</summary>
    private struct LocalNameError
    {
        public string? Message;
        public int Index;
    }

    private ExportSpecifier ParseExportSpecifier(ref LocalNameError error)
    {
        var start = Marker.From(_lexer);
        var type = _lexer.Type;
        if (error.Message is null)
        {
            error.Index = start.Index;
            error.Message = type switch
            {
                TT.String => "Unexpected string",
                TT.Await or TT.Enum => Messages.UnexpectedReserved,
                _ when type.IsReservedWord() => Messages.UnexpectedToken(TokenText()),
                TT.EscapedKeyword => Messages.EscapedKeyword,
                _ when type.IsStrictReserved() => Messages.UnexpectedStrictReserved,
                _ => null,
            };
        }

        var local = ParseModuleExportName();
        var exported = EatWord(TT.As) ? ParseModuleExportName() : local;
        return Finish(new ExportSpecifier(local, exported), start);
    }

    private void CheckExports()
    {
        if (_localExports is null)
        {
            return;
        }

        foreach (var local in _localExports)
        {
            if (CurrentScope.Find(local.Name) == BindingKinds.None)
            {
                Raise(local.Start, Messages.UndefinedExport(local.Name));
            }
        }
    }
}
