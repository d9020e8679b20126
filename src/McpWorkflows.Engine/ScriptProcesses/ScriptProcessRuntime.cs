using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// One run's script in a script process. All that can make a script do one thing and not another are its inputs, so it
/// keeps them, and when the process is lost it feeds them to another one and passes the outputs over.
/// </summary>
internal sealed class ScriptProcessRuntime(ScriptProcessPool pool) : IScriptRuntime
{
    /// <summary>A run whose neighbours die this often is given a process of its own.</summary>
    private const int PatienceWithNeighbours = 3;

    private const int StartAttempts = 2;

    /// <summary>Turns that one frame replays: few enough that each can be watched, many enough that the frames cost nothing.</summary>
    private const int ReplayedAtOnce = 100;

    private readonly List<(ScriptInput Input, TurnDigest Digest)> _played = [];
    private ScriptLimits _limits = new();
    private string _fileName = "";
    private RunPlace? _place;
    private bool _onTrial;
    private bool _staysAlone;
    private bool _ended;
    private int _losses;
    private int _failedStarts;

    /// <summary>Throws <see cref="ScriptProcessException"/> when script processes cannot be had.</summary>
    public async ValueTask<IReadOnlyList<ScriptOutput>> TurnAsync(ScriptInput input, CancellationToken cancellationToken)
    {
        if (_ended)
        {
            throw new InvalidOperationException("The script has ended and takes no further turn.");
        }

        if (input is StartScript start)
        {
            _limits = start.Limits;
            _fileName = start.FileName;
        }

        IReadOnlyList<ScriptOutput> outputs;
        try
        {
            outputs = await PlayAsync(input, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Canceled, or a fault of ours: nobody knows where the script stands.
            End();
            throw;
        }

        if (outputs is [.., ScriptReturned or ScriptFailed])
        {
            End();
        }

        return outputs;
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<IReadOnlyList<ScriptOutput>> PlayAsync(ScriptInput input, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_place is null)
                {
                    await MoveAsync(cancellationToken).ConfigureAwait(false);
                }

                var turn = _place!.Link.TurnAsync(_place, input);
                var (outputs, digest) = (await AnswerAsync(turn, cancellationToken).ConfigureAwait(false)).ReadOutputs();
                _played.Add((input, digest));
                Acquit();
                return outputs;
            }
            catch (MemoryDoubtException)
            {
                Leave();
                _onTrial = true;
                _staysAlone = true;
            }
            catch (FrameFaultException)
            {
                // The outputs make no sense: whatever wrote them is no longer the program we started.
                _place!.Link.Kill();
                return [Failed(new ProcessDeath(DeathCause.Crash, ": its answer made no sense", new HashSet<int>(), 1))];
            }
            catch (ReplayDivergedException)
            {
                return [new ScriptFailed(new ScriptError(
                    "The script's process was lost, and the script took another path when it was replayed in a new one. That is a defect of the "
                    + "engine, not of the script. Resume the run.", _fileName))];
            }
            catch (PlaceLostException lost)
            {
                if (Judge(lost.Death))
                {
                    return [Failed(lost.Death)];
                }
            }
        }
    }

    /// <summary>Takes a new place and brings the script to where it stood.</summary>
    private async ValueTask MoveAsync(CancellationToken cancellationToken)
    {
        if (_onTrial)
        {
            await pool.Trials.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            _place = pool.Take(_limits, alone: _onTrial || _staysAlone);
        }
        catch when (_onTrial)
        {
            pool.Trials.Release();
            throw;
        }

        foreach (var turns in _played.Chunk(ReplayedAtOnce))
        {
            var replay = _place.Link.ReplayAsync(_place, turns.Select(turn => turn.Input));
            var digests = (await AnswerAsync(replay, cancellationToken).ConfigureAwait(false)).ReadDigests();
            if (!digests.SequenceEqual(turns.Select(turn => turn.Digest)))
            {
                throw new ReplayDivergedException();
            }
        }
    }

    private static async ValueTask<TurnAnswer> AnswerAsync(Task<TurnAnswer> turn, CancellationToken cancellationToken)
    {
        var answer = await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer.IsMemoryDoubt ? throw new MemoryDoubtException() : answer;
    }

    /// <summary>True when this run is guilty of the loss.</summary>
    private bool Judge(ProcessDeath death)
    {
        var guilt = death.GuiltOf(_place!.Number);
        var wasOnTrial = _onTrial;
        Leave();
        if (guilt == Guilt.Certain || (guilt == Guilt.Possible && wasOnTrial))
        {
            return true;
        }

        if (death.Cause == DeathCause.NotStarted && ++_failedStarts >= StartAttempts)
        {
            throw new ScriptProcessException($"No script process comes up{death.Detail}. Check that the .NET runtime of the server is installed whole.");
        }

        if (death.Cause is not (DeathCause.NotStarted or DeathCause.MadeRoom))
        {
            _onTrial = guilt == Guilt.Possible || ++_losses % PatienceWithNeighbours == 0;
        }

        return false;
    }

    /// <summary>The turn that was in doubt went well.</summary>
    private void Acquit()
    {
        if (_onTrial)
        {
            _onTrial = false;
            pool.Trials.Release();
            _place!.Link.IsReserved = _staysAlone;
        }
    }

    private void Leave()
    {
        if (_place is { } place)
        {
            _place = null;
            place.Link.Close(place);
            if (_onTrial)
            {
                _onTrial = false;
                pool.Trials.Release();
            }
        }
    }

    private void End()
    {
        _ended = true;
        _played.Clear();
        Leave();
    }

    private ScriptFailed Failed(ProcessDeath death) => new(new ScriptError(death.Explain(_limits), _fileName));

    private sealed class MemoryDoubtException : Exception;

    private sealed class ReplayDivergedException : Exception;
}
