using McpWorkflows.Agents.Telemetry;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// How many requests may be under way. Where a provider refuses one while it serves others, their number is what it takes
/// at a time: for a while the width stays below that, so that other processes find room too; then it is that; and then,
/// ever more rarely, one more is tried, until that passes. Not safe for several threads.
/// </summary>
/// <param name="lane">For measurements.</param>
/// <param name="widest">From the settings; null for no bound.</param>
internal sealed class Width(string lane, int? widest)
{
    private const double Unlimited = 10_000;
    private const double Cut = 0.9;

    /// <summary>Rounds below what is known to pass, until there is one more. In a round every request under way has succeeded once.</summary>
    private const double RoundsBelow = 2;

    private const double MostRounds = 8;
    private const double MostSuccesses = 64;

    private double _width = widest ?? Unlimited;

    /// <summary>What the provider takes at a time, as far as is known; infinity where it is not.</summary>
    private double _ceiling = double.PositiveInfinity;

    /// <summary>Rounds at the ceiling before more is tried.</summary>
    private double _rounds = 1;
    private int _successes;
    private bool _doubles;

    private double Widest => widest ?? Unlimited;

    public int Value => (int)_width;

    /// <summary>Null where nothing limits it.</summary>
    public int? Bound => _width >= Unlimited ? null : Value;

    /// <summary>As many are under way, with one more, as may be.</summary>
    public bool IsUsedUp(int inFlight) => inFlight + 1 >= Value;

    /// <summary>A refusal with so many others under way is what the width has to expect: it was about to try for more, or knows nothing yet.</summary>
    public bool Explains(int inFlight) => inFlight >= _ceiling || double.IsInfinity(_ceiling);

    /// <param name="inFlight">Requests under way besides the one that succeeded.</param>
    public void Succeeded(int inFlight)
    {
        if (double.IsInfinity(_ceiling))
        {
            Set(_width + (_doubles && IsUsedUp(inFlight) ? 1 : 1 / Math.Max(1, _width)));
            return;
        }

        // What is not used up does not show that more would pass.
        if (!IsUsedUp(inFlight))
        {
            return;
        }

        _successes++;
        if (_width < _ceiling && _successes >= RoundsBelow * Value)
        {
            Set(Math.Min(_ceiling, _width + 1));
        }
        else if (_width == _ceiling && _successes >= Math.Min(MostSuccesses, Math.Max(2, _ceiling) * _rounds))
        {
            Set(_ceiling + 1);
        }
        else if (_width > _ceiling && _successes >= _width)
        {
            (_ceiling, _rounds) = (double.PositiveInfinity, 1);
        }
    }

    /// <summary>One was refused while others, at least one, are served.</summary>
    /// <param name="isNews">It was sent after the last refusal. Others of the same volley only show how many are really served.</param>
    public void Yield(int inFlight, bool isNews)
    {
        if (!isNews)
        {
            _ceiling = Math.Min(_ceiling, inFlight);
            Set(Math.Min(_width, inFlight));
            return;
        }

        _ceiling = inFlight;
        _rounds = Math.Min(MostRounds, _rounds * 2);
        _doubles = false;
        Set(Math.Max(1, Math.Min(_width, inFlight * Cut)));
    }

    /// <summary>The provider has too much to do, or says how long to wait: half of what is under way, and slowly up again.</summary>
    public void Halve(int inFlight)
    {
        (_ceiling, _rounds, _doubles) = (double.PositiveInfinity, 1, false);
        Set(Math.Max(1, Math.Min(_width, inFlight + 1) / 2));
    }

    /// <summary>Nothing is served at all: one first, and fast up again once that succeeds.</summary>
    public void Restart()
    {
        (_ceiling, _rounds, _doubles) = (double.PositiveInfinity, 1, true);
        Set(1);
    }

    private void Set(double width)
    {
        var next = Math.Min(Widest, width);
        _successes = 0;
        // One that was never narrowed says nothing.
        if (Math.Floor(next) != Value)
        {
            ModelInstruments.Widened(lane, next);
        }

        _width = next;
    }
}
