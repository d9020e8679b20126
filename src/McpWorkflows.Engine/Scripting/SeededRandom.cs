using System.Numerics;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// The source of <c>Math.random</c>: xoshiro256** (Blackman and Vigna), seeded through SplitMix64. Its draws are part of
/// what a replay must repeat, so they may never change between releases.
/// </summary>
internal sealed class SeededRandom
{
    private readonly ulong[] _state = new ulong[4];

    public SeededRandom(long seed) => Restart((ulong)seed);

    /// <summary>Starts anew from the run's seed and a text.</summary>
    public void Restart(long seed, string identity)
    {
        // FNV-1a over UTF-16 code units.
        var hash = 14695981039346656037UL;
        foreach (var unit in identity)
        {
            hash = (hash ^ unit) * 1099511628211UL;
        }

        Restart((ulong)seed ^ hash);
    }

    /// <summary>At least 0 and below 1, in steps of 2⁻⁵³.</summary>
    public double NextDouble()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var shifted = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= shifted;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return (result >> 11) * (1.0 / (1UL << 53));
    }

    private void Restart(ulong seed)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            seed += 0x9E3779B97F4A7C15UL;
            var mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            _state[i] = mixed ^ (mixed >> 31);
        }
    }
}
