using System.Security.Cryptography;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Composition;

/// <summary>Ids and seeds from the system's generator.</summary>
internal sealed class SystemIds : IIdSource
{
    public string NewRunId() => "wf_" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);

    public long NewSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes);
    }
}
