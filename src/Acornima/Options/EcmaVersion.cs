namespace Acornima;

/// <summary>An edition of ECMA-262.</summary>
public enum EcmaVersion
{
    Unknown = 0,
    ES3 = 3,
    ES5 = 5,
    ES6 = 6,
    ES2015 = ES6,
    ES2016 = 7,
    ES2017 = 8,
    ES2018 = 9,
    ES2019 = 10,
    ES2020 = 11,
    ES2021 = 12,
    ES2022 = 13,
    ES2023 = 14,
    ES2024 = 15,
    ES2025 = 16,
    ES2026 = 17,
    Latest = ES2026,
    Experimental = int.MaxValue,
}

/// <summary>Proposals that are not part of the standard yet.</summary>
[Flags]
public enum ExperimentalESFeatures
{
    None = 0,
    Decorators = 1 << 0,
    SourcePhaseImports = 1 << 5,
    DeferImportEvaluation = 1 << 6,
}

/// <summary>Whether a text is a script or a module.</summary>
public enum SourceType
{
    Unknown = 0,
    Script = 1,
    Module = 2,
}
