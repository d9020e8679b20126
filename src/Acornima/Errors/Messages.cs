namespace Acornima;

/// <summary>The wording that users know from V8.</summary>
internal static class Messages
{
    public const string InvalidToken = "Invalid or unexpected token";
    public const string UnexpectedEnd = "Unexpected end of input";
    public const string UnterminatedTemplate = "Unterminated template literal";
    public const string MissingTemplateBrace = "Missing } in template expression";
    public const string UnterminatedRegExp = "Invalid regular expression: missing /";
    public const string InvalidRegExpFlags = "Invalid regular expression flags";
    public const string InvalidUnicodeEscape = "Invalid Unicode escape sequence";
    public const string InvalidHexEscape = "Invalid hexadecimal escape sequence";
    public const string UndefinedCodePoint = "Undefined Unicode code-point";
    public const string TemplateOctalEscape = "Octal escape sequences are not allowed in template strings.";
    public const string TemplateEightNine = "\\8 and \\9 are not allowed in template strings.";
    public const string StrictOctalEscape = "Octal escape sequences are not allowed in strict mode.";
    public const string StrictEightNine = "\\8 and \\9 are not allowed in strict mode.";
    public const string StrictOctalLiteral = "Octal literals are not allowed in strict mode.";
    public const string StrictDecimalWithLeadingZero = "Decimals with leading zeros are not allowed in strict mode.";
    public const string SeparatorAfterZero = "Numeric separator can not be used after leading 0.";
    public const string RepeatedSeparator = "Only one underscore is allowed as numeric separator";
    public const string TrailingSeparator = "Numeric separators are not allowed at the end of numeric literals";
    public const string NestedTooDeeply = "Source is nested too deeply";
    public const string EscapedKeyword = "Keyword must not contain escaped characters";
    public const string UnexpectedReserved = "Unexpected reserved word";
    public const string UnexpectedStrictReserved = "Unexpected strict mode reserved word";
    public const string StrictEvalArguments = "Unexpected eval or arguments in strict mode";
    public const string InvalidAssignmentTarget = "Invalid left-hand side in assignment";
    public const string InvalidPrefixTarget = "Invalid left-hand side expression in prefix operation";
    public const string InvalidPostfixTarget = "Invalid left-hand side expression in postfix operation";
    public const string InvalidDestructuringTarget = "Invalid destructuring assignment target";
    public const string InvalidForTarget = "Invalid left-hand side in for-loop";
    public const string InvalidShorthandInitializer = "Invalid shorthand property initializer";
    public const string MissingParenAfterArguments = "missing ) after argument list";
    public const string MissingParenAfterParameters = "missing ) after formal parameters";
    public const string MalformedArrowParameters = "Malformed arrow function parameter list";
    public const string RestParameterNotLast = "Rest parameter must be last formal parameter";
    public const string RestElementNotLast = "Rest element must be last element";
    public const string RestBindingInvalid = "`...` must be followed by an identifier in declaration contexts";
    public const string RestAssignmentInvalid = "`...` must be followed by an assignable reference in assignment contexts";
    public const string PropertyInDeclaration = "Illegal property in declaration context";
    public const string FunctionName = "Function statements require a function name";
    public const string RestInitializer = "Rest parameter may not have a default initializer";
    public const string DuplicateParameter = "Duplicate parameter name not allowed in this context";
    public const string DuplicateProto = "Duplicate __proto__ fields are not allowed in object literals";
    public const string UseStrictNonSimple = "Illegal 'use strict' directive in function with non-simple parameter list";
    public const string StrictDelete = "Delete of an unqualified identifier in strict mode.";
    public const string DeletePrivate = "Private fields can not be deleted";
    public const string StrictWith = "Strict mode code may not include a with statement";
    public const string StrictFunctionPlace = "In strict mode code, functions can only be declared at top level or inside a block.";
    public const string SloppyFunctionPlace = "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.";
    public const string AsyncFunctionPlace = "Async functions can only be declared at the top level or inside a block.";
    public const string GeneratorPlace = "Generators can only be declared at the top level or inside a block.";
    public const string LexicalPlace = "Lexical declaration cannot appear in a single-statement context";
    public const string LetAsLexicalName = "let is disallowed as a lexically bound name";
    public const string IllegalReturn = "Illegal return statement";
    public const string IllegalBreak = "Illegal break statement";
    public const string IllegalContinue = "Illegal continue statement: no surrounding iteration statement";
    public const string NewlineAfterThrow = "Illegal newline after throw";
    public const string MissingCatch = "Missing catch or finally after try";
    public const string SecondDefault = "More than one default clause in switch statement";
    public const string MissingConstInitializer = "Missing initializer in const declaration";
    public const string MissingUsingInitializer = "Missing initializer in using declaration";
    public const string MissingPatternInitializer = "Missing initializer in destructuring declaration";
    public const string ForOfAsync = "The left-hand side of a for-of loop may not be 'async'.";
    public const string ForOfLet = "The left-hand side of a for-of loop may not start with 'let'.";
    public const string GetterParameters = "Getter must not have any formal parameters.";
    public const string SetterParameters = "Setter must have exactly one formal parameter.";
    public const string SetterRest = "Setter function argument must not be a rest parameter";
    public const string SecondConstructor = "A class may only have one constructor";
    public const string ConstructorAccessor = "Class constructor may not be an accessor";
    public const string ConstructorGenerator = "Class constructor may not be a generator";
    public const string ConstructorAsync = "Class constructor may not be an async method";
    public const string ConstructorPrivate = "Classes may not have a private field named '#constructor'";
    public const string ConstructorField = "Classes may not have a field named 'constructor'";
    public const string StaticPrototype = "Classes may not have a static property named 'prototype'";
    public const string UnexpectedSuper = "'super' keyword unexpected here";
    public const string UnexpectedNewTarget = "new.target expression is not allowed here";
    public const string ImportMetaOutsideModule = "Cannot use 'import.meta' outside a module";
    public const string ImportOutsideModule = "Cannot use import statement outside a module";
    public const string NewImport = "Cannot use new with import";
    public const string AwaitOutsideAsync = "await is only valid in async functions and the top level bodies of modules";
    public const string AwaitNameInAsync = "'await' is not a valid identifier name in an async function";
    public const string YieldInParameter = "Yield expression not allowed in formal parameter";
    public const string AwaitInParameter = "Illegal await-expression in formal parameters of async function";
    public const string ArgumentsInInitializer = "'arguments' is not allowed in class field initializer or static initialization block";
    public const string UnaryBeforePower = "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence";
    public const string OptionalChainNew = "Invalid optional chain from new expression";
    public const string OptionalChainTemplate = "Invalid tagged template on optional chain";
    public const string LoneSurrogateExportName = "Invalid module export name: contains unpaired surrogate character";

    public static string UnexpectedToken(string token) => $"Unexpected token '{token}'";

    public static string UnexpectedIdentifier(string name) => $"Unexpected identifier '{name}'";

    public static string Redeclared(string name) => $"Identifier '{name}' has already been declared";

    public static string UndefinedLabel(string name) => $"Undefined label '{name}'";

    public static string RedeclaredLabel(string name) => $"Label '{name}' has already been declared";

    public static string ContinueNotLoop(string name) => $"Illegal continue statement: '{name}' does not denote an iteration statement";

    public static string ForInitializer(string kind) => $"{kind} loop variable declaration may not have an initializer.";

    public static string ForSingleBinding(string kind) => $"Invalid left-hand side in {kind} loop: Must have a single binding.";

    public static string UndeclaredPrivate(string name) => $"Private field '#{name}' must be declared in an enclosing class";

    public static string DuplicateExport(string name) => $"Duplicate export of '{name}'";

    public static string UndefinedExport(string name) => $"Export '{name}' is not defined in module";

    public static string DuplicateImportAttribute(string name) => $"Import attributes has a duplicate key '{name}'";
}
