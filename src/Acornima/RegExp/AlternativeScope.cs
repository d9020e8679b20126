namespace Acornima.RegularExpressions;

/// <summary>
/// A disjunction on the way down to a group. Two groups may bear one name when they lie in different
/// alternatives of some disjunction, for then at most one of them takes part in a match.
/// </summary>
internal sealed class AlternativeScope(AlternativeScope? parent)
{
    private readonly int _alternativeOfParent = parent?.Alternative ?? 0;
    private bool _isClosed;

    /// <summary>The alternative that is being read.</summary>
    public int Alternative { get; set; }

    public AlternativeScope? Close()
    {
        _isClosed = true;
        return parent;
    }

    /// <summary>
    /// Whether a group read earlier, in <paramref name="alternative"/> of this disjunction, can take part in a match
    /// along with one read now. To ask it of the last group of a name is enough: a disjunction that parts two
    /// earlier groups either parts both from the new one, or is itself in one alternative with it.
    /// </summary>
    public bool CanParticipateNow(int alternative)
    {
        var scope = this;
        while (scope._isClosed)
        {
            alternative = scope._alternativeOfParent;
            scope = scope.Parent;
        }

        return alternative == scope.Alternative;
    }

    // The outermost disjunction stays open until the whole pattern is read.
    private AlternativeScope Parent => parent!;
}
