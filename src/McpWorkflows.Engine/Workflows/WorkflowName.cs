namespace McpWorkflows.Engine.Workflows;

/// <summary>Names under which workflows are saved: they become file names, prompts and commands of clients.</summary>
internal static class WorkflowName
{
    private const int MaxLength = 64;

    /// <summary>Devices of Windows, whatever their ending: a project may be shared with one.</summary>
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    };

    /// <summary>What is wrong with a name, as a sentence with the remedy; null when it can be used.</summary>
    public static string? Problem(string name)
    {
        const string Rule = "Use up to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit, for example audit-licences.";
        if (name.Length is 0 or > MaxLength
            || !char.IsAsciiLetterOrDigit(name[0])
            || name.EndsWith('.')
            || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')))
        {
            return $"'{CutName(name)}' cannot be a workflow's name. {Rule}";
        }

        if (name.EndsWith(".js", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".mjs", StringComparison.OrdinalIgnoreCase))
            return $"'{name}' is the name of a file: name the workflow without its ending.";
        if (Devices.Contains(name.Split('.')[0]))
            return $"'{name}' is the name of a device on Windows. Choose another.";
        return name.Equals("author-workflow", StringComparison.OrdinalIgnoreCase)
            ? "'author-workflow' is the prompt that writes workflows. Choose another name."
            : null;
    }

    private static string CutName(string name) => Scripting.CutText.At(name.ReplaceLineEndings(" "), MaxLength);
}
