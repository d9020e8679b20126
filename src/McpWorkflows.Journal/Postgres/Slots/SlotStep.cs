namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>What a holder has to say to the database, or to ask it.</summary>
internal enum SlotStepKind
{
    /// <summary>How are the others? Nothing is written.</summary>
    Look,

    /// <summary>The block is still in use, or less of it is.</summary>
    Keep,

    /// <summary>In, with what is in flight, and for more.</summary>
    Grow,

    /// <summary>Out: nothing is in use.</summary>
    Leave,
}

/// <summary>One step of one holder.</summary>
/// <param name="Turn">Rises with each step: one that was given up, and reaches the database late, changes nothing any more.</param>
/// <param name="Used">In flight.</param>
/// <param name="Held">In flight and spare.</param>
/// <param name="Wanted">As many as it would hold if it had all it can use.</param>
internal readonly record struct SlotStep(PostgresSlots Slots, SlotStepKind Kind, long Turn, int Used, int Held, int Wanted);

/// <summary>What came of a step.</summary>
/// <param name="Held">Granted by the database; null when it did not know of the block, or was not told of any.</param>
/// <param name="Look">Null when the block is not in the database.</param>
internal readonly record struct SlotAnswer(long? Held, SlotLook? Look);

/// <summary>The pool as one holder sees it.</summary>
/// <param name="Limit">Its fair share, if it wants all it can get.</param>
/// <param name="Free">Held by nobody.</param>
/// <param name="Others">That want more than they hold.</param>
internal readonly record struct SlotLook(long Limit, long Free, long Others);
