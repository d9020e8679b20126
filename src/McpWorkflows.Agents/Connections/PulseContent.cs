using System.Net;

namespace McpWorkflows.Agents.Connections;

/// <summary>An answer's content that tells of every read of it. Takes the content over.</summary>
internal sealed class PulseContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly Action _pulse;

    public PulseContent(HttpContent inner, Action pulse)
    {
        _inner = inner;
        _pulse = pulse;
        foreach (var (name, values) in inner.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() => new PulseStream(await _inner.ReadAsStreamAsync().ConfigureAwait(false), _pulse);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new PulseStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _pulse);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
