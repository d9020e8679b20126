using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Acornima.Tests.Conformance;

/// <summary>
/// The folder into which <c>.ci/run</c> installs acorn, the public conformance set and real sources. The tests that need
/// it skip where the environment does not name it.
/// </summary>
internal sealed class ConformanceKit
{
    public const string Variable = "MCPWORKFLOWS_CONFORMANCE";

    private ConformanceKit(string folder) => Folder = folder;

    public string Folder { get; }

    public string Modules => Path.Combine(Folder, "node_modules");

    public static ConformanceKit? Find()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(folder) ? null : new ConformanceKit(folder);
    }

    public static ConformanceKit Require()
    {
        var kit = Find();
        Assert.SkipWhen(
            kit is null,
            $"Needs packages of the npm registry: run .ci/run, or copy .ci/conformance to a folder, run 'npm ci' there and set {Variable} to it.");
        return kit!;
    }

    /// <summary>A file's text, byte order mark included, as node reads it.</summary>
    public static string Read(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    /// <summary>
    /// Up to <paramref name="most"/> JavaScript files of each installed package, its largest among them and the others
    /// evenly spread over its folders.
    /// </summary>
    public IReadOnlyList<string> Sources(int most)
    {
        var packages = Directory.EnumerateDirectories(Modules)
            .SelectMany(folder => Path.GetFileName(folder).StartsWith('@') ? Directory.EnumerateDirectories(folder) : [folder])
            .Where(folder => Path.GetFileName(folder) is not ("test262-parser-tests" or ".bin"));
        return [.. packages.Order(StringComparer.Ordinal).SelectMany(package => Sample(package, most))];
    }

    private static IEnumerable<string> Sample(string package, int most)
    {
        var files = Directory.EnumerateFiles(package, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".js" or ".mjs" or ".cjs")
            .Order(StringComparer.Ordinal)
            .ToArray();
        return files.Length <= most
            ? files
            : Enumerable.Range(0, most - 1).Select(index => files[index * files.Length / (most - 1)])
                .Append(files.MaxBy(file => new FileInfo(file).Length)!)
                .Distinct();
    }

    /// <summary>Runs <c>acorn.mjs</c>; gives the lines it prints, as they come.</summary>
    public async IAsyncEnumerable<string> AcornAsync(
        IEnumerable<string> input, [EnumeratorCancellation] CancellationToken cancellationToken, params string[] arguments)
    {
        // Trees of long chains are deep.
        var start = new ProcessStartInfo("node", ["--stack-size=4000", Path.Combine(Folder, "acorn.mjs"), .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var writing = WriteAsync(process.StandardInput, input, cancellationToken);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }

        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        await writing;
    }

    private static async Task WriteAsync(StreamWriter writer, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        foreach (var line in lines)
        {
            await writer.WriteLineAsync(line.AsMemory(), cancellationToken);
        }

        writer.Close();
    }
}
