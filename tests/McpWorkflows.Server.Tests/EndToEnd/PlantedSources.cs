using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A copy of this repository's own <c>src</c> with defects that nobody can know who has not read the files.</summary>
internal sealed class PlantedSources
{
    private const int Defects = 5;
    private const int Decoys = 3;

    private PlantedSources(int files, IReadOnlyList<Planted> planted)
    {
        Files = files;
        Real = [.. planted.Where(defect => !defect.IsDecoy)];
        Refutable = [.. planted.Where(defect => defect.IsDecoy)];
    }

    public int Files { get; }

    public IReadOnlyList<Planted> Real { get; }

    public IReadOnlyList<Planted> Refutable { get; }

    public static async Task<PlantedSources> CopyAsync(string workspace)
    {
        var source = Path.Combine(TestBench.Repository, "src");
        var files = new List<string>();
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(TestBench.Repository, file).Replace('\\', '/');
            if (relative.Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin")))
            {
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(workspace, relative))!);
            File.Copy(file, Path.Combine(workspace, relative));
            files.Add(relative);
        }

        var planted = new List<Planted>();
        for (var index = 0; index < Defects + Decoys; index++)
        {
            planted.Add(await PlantAsync(workspace, files[index * (files.Count - 1) / (Defects + Decoys - 1)], index >= Defects));
        }

        return new PlantedSources(files.Count, planted);
    }

    /// <summary>The defect stands at the end of its file, so that whoever reports it has read a long file to its end.</summary>
    private static async Task<Planted> PlantAsync(string workspace, string file, bool isDecoy)
    {
        var title = $"the counter {Guid.NewGuid():N} is off by one";
        var path = Path.Combine(workspace, file);
        var lines = (await File.ReadAllLinesAsync(path)).Append($"// {CodeReviewModel.Marker} {title}").ToList();
        var line = lines.Count;
        if (isDecoy)
        {
            lines.Add($"// {CodeReviewModel.Guard} the caller corrects it");
        }

        await File.WriteAllLinesAsync(path, lines);
        return new Planted(file, line, title, isDecoy);
    }
}

/// <param name="Line">From 1.</param>
internal sealed record Planted(string File, int Line, string Title, bool IsDecoy);
