using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>A workflow whose result depends on every answer, and the models' answers on nothing but the prompt.</summary>
/// <param name="Child">Body of a saved workflow <c>child</c>; null for none.</param>
internal sealed record CrashScenario(string Name, string Body, string? Child = null)
{
    public static IReadOnlyList<CrashScenario> All { get; } =
    [
        new("fan-out", """
            const answers = await parallel(Array.from({ length: 300 }, (_, i) => () => agent(`Task ${i}`)))
            return { answers, sum: await agent(`Sum up ${answers.join(', ')}`) }
            """),
        new("pipeline", """
            const items = Array.from({ length: 80 }, (_, i) => `item ${i}`)
            const done = await pipeline(items,
              item => agent(`Find in ${item}`, { phase: 'Find' }),
              (found, item) => agent(`Check ${found} of ${item}`, { phase: 'Check' }),
              (checked, item, i) => agent(`Mend ${checked} of ${item} at ${i}`, { phase: 'Mend' }))
            return { done, report: await agent(`Report ${done.join(', ')}`) }
            """),
        new("nested", """
            const parts = await parallel([0, 1, 2, 3].map(part => () => workflow('child', { part })))
            const again = await workflow('child', { part: parts.map(one => one.last).join('-') })
            return { parts, again, end: await agent(`End ${JSON.stringify(parts)}`) }
            """,
            """
            const first = await parallel(Array.from({ length: 24 }, (_, i) => () => agent(`Part ${args.part} task ${i}`)))
            let last = first.join(' ')
            for (let i = 0; i < 6; i++) last = await agent(`Part ${args.part} step ${i} after ${last}`)
            return { first, last }
            """),
        new("loop", """
            const kept = []
            for (let round = 1; kept.length < 60 && round <= 60; round++) {
              const found = await parallel([0, 1, 2, 3].map(k => () => agent(`Round ${round} finder ${k} knows ${kept.length}`)))
              for (const answer of found) if (Number(answer.split(' ').pop()) % 3 !== 0) kept.push(answer)
              if (kept.length % 5 === 0) kept.push(await agent(`Review ${kept.length} in round ${round}: ${kept.at(-1)}`))
            }
            return kept
            """),
        new("equal-prompts", """
            const votes = await parallel(Array.from({ length: 120 }, () => () => agent('Vote')))
            const more = []
            for (let i = 0; i < 8; i++) more.push(await agent('Vote'), await agent(`Turn ${i}`))
            return { votes, more }
            """),
    ];

    /// <summary>Milliseconds to tens of them, by the prompt: answers overtake each other.</summary>
    public static ModelReply Answer(ModelCall call)
    {
        var hash = call.Prompt.Aggregate(17u, (sum, letter) => (sum * 31) + letter);
        return ModelReply.Text($"answer {hash % 1_000}").After(TimeSpan.FromMilliseconds(2 + (hash % 40)));
    }
}
