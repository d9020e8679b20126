namespace McpWorkflows.Engine.Activity;

/// <summary>Samples over a run of any length in bounded memory: when it is full, every second one goes and the stretch doubles. Not for several threads.</summary>
internal sealed class GateHistory
{
    /// <value>240</value>
    public const int Kept = 240;

    private readonly List<GateSample> _samples = new(Kept);
    private TimeSpan _stretch = TimeSpan.FromMilliseconds(250);

    /// <summary>A stretch has passed since the last sample began.</summary>
    public bool IsDue(DateTimeOffset now) => _samples.Count == 0 || now - _samples[^1].At >= _stretch;

    public void Add(GateSample sample)
    {
        if (_samples.Count == Kept)
        {
            for (var i = 0; i < Kept / 2; i++)
                _samples[i] = _samples[2 * i];
            _samples.RemoveRange(Kept / 2, Kept - (Kept / 2));
            _stretch *= 2;
        }

        _samples.Add(sample);
    }

    public IReadOnlyList<GateSample> After(DateTimeOffset? time) =>
        time is { } after ? [.. _samples.Where(sample => sample.At > after)] : [.. _samples];
}
