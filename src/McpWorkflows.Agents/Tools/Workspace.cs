using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Agents.Tools;

/// <summary>
/// The folder that an agent's tools may touch, and nothing besides: every component of a path is resolved through
/// links before the place is judged, and on Linux the file that was in fact opened is judged once more, since a link
/// may change in between.
/// </summary>
internal sealed class Workspace
{
    private const int MaxLinks = 40;

    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    public Workspace(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Given = full;
        Root = RealPath(full) ?? full;
    }

    /// <summary>The folder's real path.</summary>
    public string Root { get; }

    private string Given { get; }

    /// <summary>The real path of something in the workspace.</summary>
    /// <exception cref="ToolException">It is outside, or is not there.</exception>
    public string Resolve(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ToolException("The path contains a NUL character.");
        }

        var full = Path.GetFullPath(path.Length == 0 ? "." : path, Root);
        if (!IsInside(full, Root) && IsInside(full, Given))
        {
            full = Root + full[Given.Length..];
        }

        // Lexically first: nothing is asked about places outside, not even whether they exist.
        if (!IsInside(full, Root))
        {
            throw Outside(path);
        }

        var real = RealPath(full) ?? throw new ToolException($"'{path}' does not exist in the workspace. Use list_files to see what does.");
        return IsInside(real, Root) ? real : throw Outside(path);
    }

    /// <summary>The real path where a file is or may be written; folders on the way need not exist yet.</summary>
    /// <exception cref="ToolException">It is outside, or protected, or a link that leads nowhere.</exception>
    public string ResolveForWriting(string path)
    {
        var full = Path.GetFullPath(path.Length == 0 ? "." : path, Root);
        full = !IsInside(full, Root) && IsInside(full, Given) ? Root + full[Given.Length..] : full;
        if (path.Contains('\0', StringComparison.Ordinal) || !IsInside(full, Root))
        {
            throw Outside(path);
        }

        var missing = new Stack<string>();
        var existing = full;
        while (RealPath(existing) is null)
        {
            if (LinkTarget(existing) is not null)
            {
                throw new ToolException($"'{path}' goes through a link that leads nowhere; write to the place itself.");
            }

            missing.Push(Path.GetFileName(existing));
            existing = Path.GetDirectoryName(existing) ?? Root;
        }

        var real = Path.Join([RealPath(existing)!, .. missing]);
        if (!IsInside(real, Root))
        {
            throw Outside(path);
        }

        if (ProtectedPaths.Covers(Relative(real)))
        {
            throw new ToolException($"'{path}' is protected: what lies in {string.Join(" and ", ProtectedPaths.Names)} decides which programs run. Agents cannot change it.");
        }

        return Directory.Exists(real) ? throw new ToolException($"'{path}' is a folder; give the path of a file.") : real;
    }

    /// <summary>Where an open file in fact lies; null where the system does not tell.</summary>
    /// <exception cref="ToolException">That is outside.</exception>
    public string? WhereIs(SafeFileHandle handle, string shown)
    {
        var place = OperatingSystem.IsLinux() ? OpenedPath(handle) : null;
        return place is null || IsInside(place, Root) ? place : throw Outside(shown);
    }

    /// <summary>True when the entry, links followed, is in the workspace.</summary>
    public bool Contains(string fullPath) => RealPath(fullPath) is { } real && IsInside(real, Root);

    /// <summary>Opens a file for reading. An empty stream stands for files without size, which may be pipes that never answer.</summary>
    /// <exception cref="ToolException">It cannot be opened, or is outside.</exception>
    public Stream Open(string realPath, string shownPath)
    {
        try
        {
            if (new FileInfo(realPath).Length == 0)
            {
                return Stream.Null;
            }

            var handle = File.OpenHandle(realPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            if (OperatingSystem.IsLinux() && OpenedPath(handle) is { } opened && !IsInside(opened, Root))
            {
                handle.Dispose();
                throw Outside(shownPath);
            }

            return new FileStream(handle, FileAccess.Read, bufferSize: 1);
        }
        catch (UnauthorizedAccessException)
        {
            throw new ToolException($"'{shownPath}' may not be read with the rights of this process.");
        }
        catch (IOException)
        {
            throw new ToolException($"'{shownPath}' cannot be read.");
        }
    }

    /// <summary>The path as the model knows it: relative, with slashes.</summary>
    public string Relative(string realPath) => Path.GetRelativePath(Root, realPath).Replace('\\', '/');

    [SupportedOSPlatform("linux")]
    private static string? OpenedPath(SafeFileHandle handle)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            // No /proc: the check before the opening stands alone.
            return null;
        }
    }

    private static bool IsInside(string path, string folder) =>
        path.StartsWith(folder, PathComparison)
        && (path.Length == folder.Length || Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);

    /// <summary>The path with every link on the way resolved; null when it does not exist or links lead in circles.</summary>
    private static string? RealPath(string fullPath)
    {
        var links = 0;
        var real = Path.GetPathRoot(fullPath)!;
        var waiting = new Stack<string>(Parts(fullPath[real.Length..]).Reverse());
        while (waiting.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Join(real, part);
            if (LinkTarget(next) is not { } target)
            {
                if (!Path.Exists(next))
                {
                    return null;
                }

                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            foreach (var step in Parts(target).Reverse())
            {
                waiting.Push(step);
            }
        }

        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ToolException Outside(string path) =>
        new($"'{path}' is outside the workspace, which is all these tools may touch. Give a path relative to its root.");
}
